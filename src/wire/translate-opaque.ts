import type { ClientDialect, Dialect } from '../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { Block, Message, OpaqueBlock } from '../core/message.ts'
import { placesOf } from './places.ts'

/** Where it is named that a block was not sent as it came. */
interface Losses {
  approximated(path: string, detail: string): void
}

/**
 * The conversation with those blocks of another dialect's own that this one has some word for: search results and documents made of
 * blocks become text, which is named; sound becomes sound. All others stay as they are.
 */
export function translateOpaque(
  messages: readonly Message[],
  dialect: Dialect,
  spoken: ClientDialect,
  losses: Losses,
): readonly Message[] {
  if (!messages.some(({ content }) => content.some((block) => isForeign(block, dialect)))) return messages
  const places = placesOf(messages, spoken)
  return messages.map((message, i) => ({
    ...message,
    content: message.content.map((block, j) => translateBlock(block, places[i]!.block(j), dialect, losses)),
  }))
}

function isForeign(block: Block, dialect: Dialect): boolean {
  if (block.type === 'tool-result') return block.content.some((inner) => isForeign(inner, dialect))
  return block.type === 'opaque' && block.dialect !== dialect
}

function translateBlock(block: Block, path: string, dialect: Dialect, losses: Losses): Block {
  if (block.type === 'tool-result' && isForeign(block, dialect)) {
    const content = block.content.map((inner, k) => translateBlock(inner, `${path}.content[${k}]`, dialect, losses))
    return { ...block, content }
  }
  if (block.type !== 'opaque' || block.dialect === dialect) return block
  return soundFor(block, dialect) ?? asText(block, path, losses) ?? block
}

function asText({ dialect, value }: OpaqueBlock, path: string, losses: Losses): Block | undefined {
  if (dialect !== 'anthropic-messages' || !isJsonObject(value)) return undefined
  const { type, title, source } = value
  const said =
    type === 'search_result' ? value.content : type === 'document' && isJsonObject(source) ? source.content : undefined
  const words = wordsIn(said)
  if (words === '') return undefined
  const head = [title, type === 'search_result' ? source : undefined].filter((line) => typeof line === 'string')
  losses.approximated(path, `a ${String(type)} is sent as text.`)
  return { type: 'text', text: [head.join('\n'), words].filter((part) => part !== '').join('\n\n') }
}

function wordsIn(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  const texts = content.map((part: JsonValue) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : ''))
  return texts.filter((text) => text !== '').join('\n\n')
}

/** Sound in the prompt, which OpenAI's Chat Completions and Gemini both take. */
function soundFor({ dialect: from, value }: OpaqueBlock, dialect: Dialect): Block | undefined {
  if (!isJsonObject(value)) return undefined
  if (from === 'openai-chat' && dialect === 'gemini' && isJsonObject(value.input_audio)) {
    const { data, format } = value.input_audio
    if (typeof data !== 'string' || typeof format !== 'string') return undefined
    return opaque(dialect, { inlineData: { mimeType: `audio/${format}`, data } })
  }
  if (from === 'gemini' && dialect === 'openai-chat' && isJsonObject(value.inlineData)) {
    const { data, mimeType } = value.inlineData
    const format = typeof mimeType === 'string' ? formats.get(mimeType) : undefined
    if (typeof data !== 'string' || format === undefined) return undefined
    return opaque(dialect, { type: 'input_audio', input_audio: { data, format } })
  }
  return undefined
}

const formats: ReadonlyMap<string, string> = new Map([
  ['audio/wav', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/mp3', 'mp3'],
  ['audio/mpeg', 'mp3'],
])

function opaque(dialect: Dialect, value: JsonObject): OpaqueBlock {
  return { type: 'opaque', dialect, value }
}
