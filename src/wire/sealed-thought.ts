import { dialects, type Tongue } from '../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { ThinkingBlock } from '../core/message.ts'
import { parsedObject } from './parse-json.ts'

/** What a seal says, with its version, before the thought as JSON: nine bytes, so that they are the same twelve characters in every seal. */
const head = 'inseam.1.'

/** How a seal begins, as it stands on the wire. */
const mark = Buffer.from(head).toString('base64')

/** The same of every version. */
const anyMark = 'aW5zZWFtLj'

/** The longest that is opened, in characters: far above the longest ciphertext of any provider. */
const maxLength = 4 * 2 ** 20

/** Fields of a dialect's own that bring a thought back to its place: strings, and these alone. */
const placing: ReadonlySet<string> = new Set(['item', 'part', 'field'])

/**
 * A thought of one provider as a client of another dialect keeps it: an opaque string where that dialect has its signatures. Base64 as
 * a whole, for clients of Gemini's read signatures as bytes. It hides nothing and proves nothing: whoever forges one can say no more
 * than the provider named in it would take from a client of its own. `withText`: its words, too, where they are shown apart from it.
 */
export function sealThought({ dialect, text, signature, redacted, extras }: ThinkingBlock, withText = false): string {
  const fields = extras?.dialect === dialect ? placesIn(extras.fields, dialect) : undefined
  const said = {
    dialect,
    ...(signature && { signature }),
    ...(redacted !== undefined && { redacted }),
    ...(withText && { text }),
    ...(fields && { fields }),
  }
  return Buffer.from(head + JSON.stringify(said)).toString('base64')
}

/** Whether a signature is a seal, of whichever version, that can be opened or not. */
export function isSealed(signature: JsonValue | undefined): signature is string {
  return typeof signature === 'string' && signature.startsWith(anyMark)
}

/** Whether a seal may stand in a body: a test that costs little. */
export function holdsSeal(body: string): boolean {
  return body.includes(anyMark)
}

/** What a seal holds: a thought, its words only where they were sealed with it. */
export type OpenedThought = Omit<ThinkingBlock, 'text'> & { readonly text?: string }

/** Opens a seal; undefined for one that is broken, too long, or of a version that is not known. */
export function openThought(seal: string): OpenedThought | undefined {
  if (!seal.startsWith(mark) || seal.length > maxLength) return undefined
  const said = parsedObject(Buffer.from(seal.slice(mark.length), 'base64').toString('utf8'))
  if (!said) return undefined
  const { signature, redacted, text, fields } = said
  const dialect = tongues.find((name) => name === said.dialect)
  if (!dialect || ![signature, redacted, text].every((value) => value === undefined || typeof value === 'string'))
    return undefined
  const placed = isJsonObject(fields) ? placesIn(fields, dialect) : undefined
  return {
    type: 'thinking',
    dialect,
    ...(typeof signature === 'string' && signature !== '' && { signature }),
    ...(typeof redacted === 'string' && { redacted }),
    ...(typeof text === 'string' && { text }),
    ...(placed && { extras: { dialect, fields: placed } }),
  }
}

const tongues: readonly Tongue[] = [...dialects, 'ai-sdk']

/** The AI SDK keeps what proves a thought in the metadata of its vendor. */
function placesIn(fields: JsonObject, dialect: Tongue): JsonObject | undefined {
  const kept = Object.entries(fields).filter(
    ([name, value]) => dialect === 'ai-sdk' || (placing.has(name) && typeof value === 'string'),
  )
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}
