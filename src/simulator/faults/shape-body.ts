import { brokenText } from './broken-text.ts'
import { changeJson } from './change-json.ts'
import { encode } from './encode.ts'
import { type Fault, textParam } from './faults.ts'

/** A body as it goes out, and the headers that say so. */
export interface ShapedBody {
  readonly body: string | Buffer
  readonly headers: Readonly<Record<string, string>>
  /** Whether who reads it reads the true usage. */
  readonly tells: boolean
}

/** A finished JSON body as a fault leaves it. */
export function shapeBody(json: string, fault: Fault | undefined): ShapedBody {
  if (fault === undefined) return { body: json, headers: {}, tells: true }
  switch (fault.type) {
    case 'empty-body':
      return { body: '', headers: {}, tells: false }
    case 'empty-object':
      return { body: '{}', headers: {}, tells: false }
    case 'bare-json':
      return { body: textParam(fault, 'value'), headers: {}, tells: false }
    case 'malformed-event':
    case 'early-end':
      return { body: json.slice(0, Math.floor(json.length / 2)), headers: {}, tells: false }
    case 'wrong-content-type':
      return { body: json, headers: { 'content-type': textParam(fault, 'type') }, tells: true }
    case 'invalid-utf8':
      return { body: Buffer.from(brokenText(json)), headers: {}, tells: true }
    case 'bom':
      return { body: `\u{feff}${json}`, headers: {}, tells: true }
    case 'encoded':
    case 'corrupt-encoding': {
      const corrupt = fault.type === 'corrupt-encoding'
      const { body, name } = encode(json, textParam(fault, 'encoding'), corrupt)
      return { body, headers: { 'content-encoding': name }, tells: !corrupt }
    }
    default: {
      const tells = fault.type !== 'truncated-json' && fault.type !== 'usage-wrong'
      return { body: changeJson(fault)?.(json) ?? json, headers: {}, tells }
    }
  }
}
