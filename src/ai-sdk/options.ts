import { dialects } from '../core/dialect.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { BlockExtras, ThinkingBlock } from '../core/message.ts'
import type { LossList } from './loss-list.ts'

/** `providerOptions` of the AI SDK, and `providerMetadata`, which come back as such: what is said to one vendor alone, under its name. */
export type VendorOptions = Readonly<Record<string, JsonObject>>

/** The vendor options of a part, its own name (`inseam`) left out, as extras to spread into a block; nothing where there are none. */
export function readExtras(options: VendorOptions | undefined): { readonly extras?: BlockExtras } {
  const { inseam, ...others } = options ?? {}
  if (isExtras(inseam?.extras)) return { extras: inseam.extras }
  const [only, ...more] = Object.entries(others)
  if (only === undefined) return {}
  const cacheControl = only[0] === 'anthropic' && more.length === 0 ? soleField(only[1], 'cacheControl') : undefined
  if (cacheControl !== undefined)
    return { extras: { dialect: 'anthropic-messages', fields: { cache_control: cacheControl } } }
  return { extras: { dialect: 'ai-sdk', fields: { providerOptions: [others] } } }
}

/** Extras as vendor options, to spread into a part. What only another dialect understands is listed. */
export function writeOptions(
  extras: BlockExtras | undefined,
  path: string,
  losses: LossList,
): { readonly providerOptions?: Record<string, JsonObject> } {
  if (!extras) return {}
  if (extras.dialect === 'ai-sdk') return { providerOptions: mergedOptions(extras) }
  const { cache_control: cacheControl, ...fields } = extras.fields
  const caches = extras.dialect === 'anthropic-messages' && cacheControl !== undefined && cacheControl !== null
  const lost = caches || cacheControl === undefined ? fields : extras.fields
  for (const [field, value] of Object.entries(lost)) {
    if (value !== undefined && value !== null) losses.dropped(`${path}.${field}`, 'The AI SDK has no word for it.')
  }
  return caches ? { providerOptions: { anthropic: { cacheControl } } } : {}
}

/** What an answer's block carries beyond its words, as `providerMetadata`: it comes back with the next turn. */
export function writeMetadata(
  extras: BlockExtras | undefined,
  own: JsonObject = {},
): { readonly providerMetadata?: Record<string, JsonObject> } {
  const isForeign = extras !== undefined && extras.dialect !== 'ai-sdk'
  const inseam: JsonObject = isForeign ? { ...own, extras: { ...extras } } : own
  const metadata: Record<string, JsonObject> = {
    ...(extras && !isForeign && mergedOptions(extras)),
    ...(Object.keys(inseam).length > 0 && { inseam }),
  }
  return Object.keys(metadata).length > 0 ? { providerMetadata: metadata } : {}
}

/** Reasoning as the AI SDK holds it. Anthropic's signature and ciphertext have names of their own there; all else is `inseam`'s or a vendor's. */
export function readThinking(text: string, options: VendorOptions | undefined): ThinkingBlock {
  const { inseam, anthropic } = options ?? {}
  const dialect = dialects.find((spoken) => spoken === inseam?.dialect)
  if (inseam && dialect) {
    const { signature, redacted, extras } = inseam
    return {
      type: 'thinking',
      text,
      dialect,
      ...(typeof signature === 'string' && { signature }),
      ...(typeof redacted === 'string' && { redacted }),
      ...(isExtras(extras) && { extras }),
    }
  }
  const signature = anthropic?.signature
  const redacted = anthropic?.redactedData
  const isSigned = typeof signature === 'string' || typeof redacted === 'string'
  if (!isSigned) return { type: 'thinking', text, dialect: 'ai-sdk', ...readExtras(options) }
  return {
    type: 'thinking',
    text,
    dialect: 'anthropic-messages',
    ...(typeof signature === 'string' && { signature }),
    ...(typeof redacted === 'string' && { redacted }),
  }
}

/** What proves reasoning, as vendor options; undefined where no model of the AI SDK could take it. */
export function writeThinking(
  { dialect, signature, redacted, extras }: ThinkingBlock,
  path: string,
  losses: LossList,
): { readonly providerOptions?: Record<string, JsonObject> } | undefined {
  if (dialect === 'ai-sdk') return writeOptions(extras, path, losses)
  if (dialect === 'anthropic-messages' && (signature !== undefined || redacted !== undefined)) {
    return { providerOptions: { anthropic: redacted === undefined ? { signature } : { redactedData: redacted } } }
  }
  losses.dropped(path, `Reasoning goes back to ${dialect} only.`)
  return undefined
}

/** Streams tell a vendor's metadata more than once; the last word about each vendor stands. */
function mergedOptions({ fields }: BlockExtras): Record<string, JsonObject> {
  const told = Array.isArray(fields.providerOptions) ? fields.providerOptions.filter(isJsonObject) : []
  return Object.assign({}, ...told)
}

function isExtras(value: unknown): value is BlockExtras {
  return isJsonObject(value) && isJsonObject(value.fields) && typeof value.dialect === 'string'
}

function soleField(object: JsonObject, name: string): JsonObject[string] {
  return Object.keys(object).length === 1 ? object[name] : undefined
}
