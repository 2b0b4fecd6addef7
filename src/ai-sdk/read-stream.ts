import type {
  LanguageModelV3StreamPart,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { Delta } from '../core/delta.ts'
import type { JsonObject } from '../core/json.ts'
import type { Block } from '../core/message.ts'
import type { ProviderReply } from '../core/provider.ts'
import { type InseamError, ReplyUnreadable, StreamInterrupted } from '../errors/index.ts'
import { askedModel } from '../wire/asked-model.ts'
import type { VendorOptions } from './options.ts'
import { citationsOf, readForeign, thought, toldOf } from './read-content.ts'
import { readEnding } from './read-ending.ts'
import { readFailure } from './read-failure.ts'
import { readUsage } from './usage.ts'

/** A part of a stream, of spec v4 or v3. */
export type StreamedPart = LanguageModelV4StreamPart | LanguageModelV3StreamPart

type ToolCallPart = Extract<StreamedPart, { type: 'tool-call' }>

/** Reads the stream of a model of the AI SDK. */
export interface StreamReader {
  /** The deltas that a part spells. Throws `ReplyUnreadable` for nonsense, and what an `error` part tells. */
  push(part: StreamedPart): readonly Delta[]
  /** The reply but for its content. Throws `StreamInterrupted` without the terminal signal. */
  finish(): Omit<ProviderReply, 'content'>
}

/** A block that is open, and the input of a call so far. */
interface Open {
  readonly index: number
  input: string
}

/** An empty reader; `target` is who its errors name. */
export function streamReader(target: string): StreamReader {
  const open = new Map<string, Open>()
  const withheld = new Set<string>()
  let count = 0
  let id = ''
  let model = askedModel(target)
  let asksForTools = false
  let finish: { reason: LanguageModelV4FinishReason; usage: LanguageModelV4Usage } | undefined

  const start = (key: string, block: Block): Delta => {
    if (open.has(key)) throw new ReplyUnreadable(target, `a second start of the block "${key.slice(0, 100)}"`)
    const index = count++
    open.set(key, { index, input: '' })
    return { type: 'block-start', index, block }
  }
  const at = (key: string): Open => {
    const block = open.get(key)
    if (!block) throw new ReplyUnreadable(target, `a part of the block "${key.slice(0, 100)}", which has not begun`)
    return block
  }
  const end = (key: string, metadata: VendorOptions | undefined): Delta[] => {
    const { index } = at(key)
    open.delete(key)
    return [...lateMetadata(index, metadata), { type: 'block-end', index }]
  }
  const whole = (block: Block): Delta[] => {
    const index = count++
    return [
      { type: 'block-start', index, block },
      { type: 'block-end', index },
    ]
  }
  const endCall = (part: ToolCallPart): Delta[] => {
    if (part.providerExecuted) return whole(readForeign(part))
    asksForTools = true
    const key = `tool:${part.toolCallId}`
    const started = open.has(key) ? [] : [start(key, callOf(part.toolCallId, part.toolName, undefined))]
    const { index, input } = at(key)
    const rest = restOfInput(part.input, input, target)
    const added: Delta[] = rest === '' ? [] : [{ type: 'tool-input-delta', index, json: rest }]
    return [...started, ...added, ...end(key, part.providerMetadata as VendorOptions | undefined)]
  }

  return {
    push(part) {
      const metadata = 'providerMetadata' in part ? (part.providerMetadata as VendorOptions | undefined) : undefined
      if (finish && part.type !== 'raw' && part.type !== 'ping')
        throw new ReplyUnreadable(target, `a part of type "${part.type}" after the end`)
      switch (part.type) {
        case 'text-start':
          return [start(`text:${part.id}`, { type: 'text', text: '', ...toldOf(metadata) })]
        case 'text-delta':
          return [{ type: 'text-delta', index: at(`text:${part.id}`).index, text: part.delta }]
        case 'text-end': {
          const citations = 'citations' in part && part.citations ? citationsOf(part.citations) : {}
          return end(`text:${part.id}`, { ...metadata, ...citations })
        }
        case 'reasoning-start':
          return [start(`reasoning:${part.id}`, thought('', metadata))]
        case 'reasoning-delta': {
          const { index } = at(`reasoning:${part.id}`)
          const words: Delta[] = part.delta === '' ? [] : [{ type: 'thinking-delta', index, text: part.delta }]
          return [...words, ...lateMetadata(index, metadata)]
        }
        case 'reasoning-end':
          return end(`reasoning:${part.id}`, metadata)
        case 'tool-input-start':
          if (part.providerExecuted || ('inputEncoding' in part && part.inputEncoding === 'text')) {
            withheld.add(part.id)
            return []
          }
          return [start(`tool:${part.id}`, callOf(part.id, part.toolName, metadata))]
        case 'tool-input-delta': {
          if (withheld.has(part.id)) return []
          const call = at(`tool:${part.id}`)
          call.input += part.delta
          return [{ type: 'tool-input-delta', index: call.index, json: part.delta }]
        }
        case 'tool-call':
          return endCall(part)
        case 'tool-result':
        case 'tool-approval-request':
        case 'custom':
        case 'file':
        case 'reasoning-file':
        case 'source':
          return whole(readForeign(part))
        case 'response-metadata':
          id = part.id ?? id
          model = part.modelId ?? model
          return []
        case 'finish':
          finish = { reason: part.finishReason, usage: part.usage }
          return []
        case 'error':
          throw readFailure(part.error, target, 'streaming')
        // `raw` and `ping` say nothing, nor does a part that the spec has learnt since.
        default:
          return []
      }
    },
    finish() {
      if (!finish) throw new StreamInterrupted(target, 'the stream ended without its finish part')
      const { reason, usage } = finish
      const ending = readEnding(reason, asksForTools, target)
      if (open.size > 0 && ending.type === 'completed') throw unended(target, [...open.keys()])
      return { id, model, ending, rawStop: reason.raw ?? reason.unified, usage: readUsage(usage) }
    },
  }
}

function unended(target: string, keys: readonly string[]): InseamError {
  return new StreamInterrupted(target, `the block "${String(keys[0]).slice(0, 100)}" did not end`)
}

function callOf(id: string, name: string, metadata: VendorOptions | undefined): Block {
  return { type: 'tool-call', id, name, input: '', ...toldOf(metadata) }
}

/** A model may give a call's input in pieces and then whole: the pieces stand, and the whole must begin with them. */
function restOfInput(input: string, streamed: string, target: string): string {
  if (streamed === '' || input === streamed) return streamed === '' ? input : ''
  if (input.startsWith(streamed)) return input.slice(streamed.length)
  if (sameJson(input, streamed)) return ''
  throw new ReplyUnreadable(target, 'a tool call whose input is not the one that it streamed')
}

function sameJson(left: string, right: string): boolean {
  try {
    return JSON.stringify(JSON.parse(left)) === JSON.stringify(JSON.parse(right))
  } catch {
    return left.trim() === right.trim()
  }
}

/** What is told of a block after its start. */
function lateMetadata(index: number, metadata: VendorOptions | undefined): Delta[] {
  if (!metadata || Object.keys(metadata).length === 0) return []
  const value: JsonObject = metadata
  return [{ type: 'extra-delta', index, dialect: 'ai-sdk', key: 'providerOptions', value }]
}
