import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { excerpt } from '../classify.ts'
import { text } from '../openai/fields.ts'
import { withExtras } from './extras.ts'
import type { BlockNumbers } from './number-blocks.ts'
import { dialect } from './types.ts'

/** Puts tool calls together from entries of `tool_calls` that may come in any order. */
export interface CallAssembler {
  readonly count: number
  add(entry: JsonObject): void
  /** Ends all calls. In an answer that is whole, one without arguments has `{}`. */
  end(isWhole: boolean): void
}

interface ToolCall {
  readonly isCustom: boolean
  readonly ordinal: number
  id: string
  name: string
  /** What hosts say beside it: Google's signature. */
  extra: JsonObject | undefined
  /** Its block's number, once it has started: a block needs a name. */
  index: number | undefined
  waiting: string
  isEmpty: boolean
}

/** An assembler for the calls of one answer. `answerId` makes ids for hosts that send none. */
export function assembleCalls(target: string, answerId: () => string, blocks: BlockNumbers): CallAssembler {
  const calls: ToolCall[] = []
  const byIndex = new Map<number, ToolCall>()
  const byId = new Map<string, ToolCall>()

  const open = (isCustom: boolean, id: string): ToolCall => {
    const call: ToolCall = {
      isCustom,
      ordinal: calls.length,
      id,
      name: '',
      extra: undefined,
      index: undefined,
      waiting: '',
      isEmpty: true,
    }
    assembler.count = calls.push(call)
    if (id !== '') byId.set(id, call)
    return call
  }
  /** By index; where a host sends none, by id; else a name begins a new call. Gemini gives all parallel calls index 0. */
  const find = (entry: JsonObject, isCustom: boolean, id: string, name: string): ToolCall => {
    if (typeof entry.index !== 'number') {
      if (id !== '') return byId.get(id) ?? open(isCustom, id)
      const last = calls.at(-1)
      return last && name === '' ? last : open(isCustom, id)
    }
    const known = byIndex.get(entry.index)
    const isAnother = known !== undefined && known.id !== '' && id !== '' && id !== known.id && name !== ''
    if (known && !isAnother) return known
    const call = open(isCustom, id)
    byIndex.set(entry.index, call)
    return call
  }
  const start = (call: ToolCall): number => {
    call.id ||= `call_${answerId()}_${call.ordinal}`
    const { id, name, extra } = call
    const beside = extra && { extra_content: extra }
    return blocks.start(
      call.isCustom
        ? { type: 'opaque', dialect, value: { id, type: 'custom', custom: { name, input: '' } } }
        : { type: 'tool-call', id, name, input: '', ...withExtras(beside) },
    )
  }

  const assembler = {
    count: 0,
    add: (entry: JsonObject) => {
      const isCustom = isJsonObject(entry.custom)
      const called = isJsonObject(entry.custom) ? entry.custom : isJsonObject(entry.function) ? entry.function : {}
      const id = text(entry.id)
      const name = text(called.name)
      const call = find(entry, isCustom, id, name)
      call.id ||= id
      // A host that says it again says the same: another is neither a call of its own nor the rest of this one for sure.
      if (name !== '' && call.name !== '' && name !== call.name)
        throw new ReplyUnreadable(target, twoNames(call.name, name))
      call.name ||= name
      if (isJsonObject(entry.extra_content)) call.extra ??= entry.extra_content
      call.waiting += isCustom ? text(called.input) : argumentsText(called.arguments)
      if (call.name === '') return
      call.index ??= start(call)
      const { index, waiting } = call
      if (waiting === '') return
      if (call.isCustom) blocks.push({ type: 'extra-delta', index, dialect, key: 'input', value: waiting })
      else blocks.push({ type: 'tool-input-delta', index, json: waiting })
      call.isEmpty = false
      call.waiting = ''
    },
    end: (isWhole: boolean) => {
      if (calls.some(({ name }) => name === '')) throw new ReplyUnreadable(target, 'a tool call without a name')
      for (const { index = 0, isCustom, isEmpty } of calls.toSorted(byBlock)) {
        if (isWhole && isEmpty && !isCustom) blocks.push({ type: 'tool-input-delta', index, json: '{}' })
        blocks.push({ type: 'block-end', index })
      }
    },
  }
  return assembler
}

const twoNames = (before: string, now: string): string =>
  `a tool call named ${excerpt(before, 64)} that is then named ${excerpt(now, 64)}`

const byBlock = (left: ToolCall, right: ToolCall): number => (left.index ?? 0) - (right.index ?? 0)

/** Some hosts send the arguments parsed. */
function argumentsText(value: JsonValue | undefined): string {
  return isJsonObject(value) || Array.isArray(value) ? JSON.stringify(value) : text(value)
}
