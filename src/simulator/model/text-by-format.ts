import type { Random } from '../seeded-random.ts'
import type { Drawn } from './drawn.ts'

export const email = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/
export const url = /https?:\/\/[^\s<>"')\]]+/
export const isoDate = /\d{4}-\d{2}-\d{2}/
const isoTime = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})/
const uuid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/i
const ipv4 = /\b(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}\b/

/** A text in a JSON schema's `format`: the one that the text holds, else one made up; nothing for a format that it does not know. */
export function textByFormat(format: string, text: string, random: Random): Drawn | undefined {
  const upTo = (count: number) => Math.floor(random() * count)
  const hex = (count: number) => Array.from({ length: count }, () => upTo(16).toString(16)).join('')
  const stated = (pattern: RegExp, otherwise: string): Drawn => {
    const found = pattern.exec(text)?.[0]
    return { value: found ?? otherwise, evidenced: found !== undefined }
  }
  const madeUp = (value: string): Drawn => ({ value, evidenced: false })
  const day = `2026-0${1 + upTo(9)}-1${upTo(10)}`
  switch (format) {
    case 'email':
      return stated(email, `user${100 + upTo(900)}@example.com`)
    case 'uri':
    case 'url':
    case 'uri-reference':
    case 'iri':
      return stated(url, `https://example.com/${hex(6)}`)
    case 'date':
      return stated(isoDate, day)
    case 'date-time':
      return stated(isoTime, `${day}T09:${upTo(6)}0:00Z`)
    case 'time':
      return madeUp(`09:${upTo(6)}0:00Z`)
    case 'duration':
      return madeUp(`P${1 + upTo(9)}D`)
    case 'uuid':
      return stated(uuid, `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`)
    case 'ipv4':
      return stated(ipv4, `192.0.2.${upTo(255)}`)
    case 'ipv6':
      return madeUp(`2001:db8::${hex(4)}`)
    case 'hostname':
      return madeUp(`host-${hex(4)}.example.com`)
    default:
      return undefined
  }
}
