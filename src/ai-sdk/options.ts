import { dialects } from '../core/dialect.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { Block, BlockExtras, CacheMark, ThinkingBlock } from '../core/message.ts'
import type { LossList } from './loss-list.ts'

/** `providerOptions` of the AI SDK, and `providerMetadata`, which come back as such: what is said to one vendor alone, under its name. */
export type VendorOptions = Readonly<Record<string, JsonObject>>

/** A block's mark of the prompt cache, and its extras. */
export type Carried = Pick<Block, 'cache' | 'extras'>

/**
 * The vendor options of a part, its own name (`inseam`) left out, to spread into a block: Anthropic's `cacheControl` as a mark, all else as
 * extras; nothing where there is none.
 */
export function readExtras(options: VendorOptions | undefined): Carried {
  const { inseam, ...others } = options ?? {}
  const { cache, rest } = takeMark(others)
  const mark = cache && { cache }
  if (isExtras(inseam?.extras)) return { ...mark, extras: inseam.extras }
  if (Object.keys(rest).length === 0) return { ...mark }
  return { ...mark, extras: { dialect: 'ai-sdk', fields: { providerOptions: [rest] } } }
}

/** The mark that vendor options hold, and the options without it. */
export function takeMark(options: VendorOptions): { readonly cache?: CacheMark; readonly rest: VendorOptions } {
  const { anthropic, ...others } = options
  const { cacheControl, ...further } = anthropic ?? {}
  if (!isJsonObject(cacheControl) || cacheControl.type !== 'ephemeral') return { rest: options }
  const { type: _, ttl, ...unknown } = cacheControl
  if (Object.keys(unknown).length > 0 || (ttl !== undefined && ttl !== '5m' && ttl !== '1h')) return { rest: options }
  const rest = Object.keys(further).length > 0 ? { anthropic: further, ...others } : others
  return { cache: ttl === undefined ? {} : { ttl }, rest }
}

/** A block's mark and extras as vendor options, to spread into a part. What only another dialect understands is listed. */
export function writeOptions(
  { cache, extras }: Carried,
  path: string,
  losses: LossList,
): { readonly providerOptions?: Record<string, JsonObject> } {
  const own = extras?.dialect === 'ai-sdk' ? mergedOptions(extras) : {}
  if (extras && extras.dialect !== 'ai-sdk') {
    for (const [field, value] of Object.entries(extras.fields)) {
      if (value !== undefined && value !== null) losses.dropped(`${path}.${field}`, 'The AI SDK has no word for it.')
    }
  }
  const options = withMark(own, cache, path, losses)
  return Object.keys(options).length > 0 ? { providerOptions: options } : {}
}

/** Vendor options with a mark. Only Anthropic's models of the AI SDK read it: for all others it is a hint that does nothing. */
export function withMark(
  options: Readonly<Record<string, JsonObject>>,
  mark: CacheMark | undefined,
  path: string,
  losses: LossList,
): Record<string, JsonObject> {
  if (!mark) return options
  const lives = mark.ttl === '12h' ? '1h' : mark.ttl === '30m' ? '5m' : mark.ttl
  if (lives !== mark.ttl) losses.approximated(`${path}.cache`, `It is kept for ${lives}: there is no ${mark.ttl}.`)
  const cacheControl = { type: 'ephemeral', ...(lives && { ttl: lives }) }
  return { ...options, anthropic: { ...options.anthropic, cacheControl } }
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
  if (dialect === 'ai-sdk') return writeOptions({ extras }, path, losses)
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
