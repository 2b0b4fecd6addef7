import type { Delta } from '../../core/delta.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { objectsIn, text } from '../openai/fields.ts'
import { assembleCalls } from './assemble-calls.ts'
import type { Held } from './ending.ts'
import { thinking } from './extras.ts'
import { type BlockNumbers, numberBlocks } from './number-blocks.ts'
import { dialect, reasoningFields } from './types.ts'

/** Turns the `delta` objects of a stream, or the one `message` of a reply, into deltas with numbered blocks. */
export interface DeltaAssembler extends Held {
  add(delta: JsonObject): void
  /** Ends what is open. `isWhole`: the answer is completed, so that its tool calls may be acted on. */
  end(isWhole: boolean): void
  /** What has come since it was last taken. */
  take(): Delta[]
}

/** An assembler for one answer. */
export function assembleDeltas(target: string, answerId: () => string): DeltaAssembler {
  const blocks = numberBlocks()
  const calls = assembleCalls(target, answerId, blocks)
  let lastText: number | undefined
  let sound: number | undefined

  const refuse = (words: string): void => {
    const index = blocks.flow('refusal', words, () => ({ type: 'refusal', text: '' }))
    assembler.refusal ||= index !== undefined
  }
  const speak = (words: string): void => {
    lastText = blocks.flow('text', words, () => ({ type: 'text', text: '' })) ?? lastText
  }
  const addContent = (content: JsonValue | undefined): void => {
    if (content === undefined || content === null) return
    if (typeof content === 'string') speak(content)
    else if (Array.isArray(content)) for (const part of content) addPart(part)
    else throw new ReplyUnreadable(target, 'content that is neither text nor parts')
  }
  const addPart = (part: JsonValue): void => {
    if (!isJsonObject(part)) throw new ReplyUnreadable(target, 'a content part that is no object')
    if (part.type === 'text') speak(text(part.text))
    else if (part.type === 'refusal') refuse(text(part.refusal))
    else if (part.type === 'thinking') think(blocks, 'reasoning_content', thoughtsOf(part))
    else blocks.push({ type: 'block-end', index: blocks.start({ type: 'opaque', dialect, value: part }) })
  }
  const addSound = (audio: JsonObject): void => {
    sound ??= blocks.start({ type: 'opaque', dialect, value: { type: 'audio', id: text(audio.id) } })
    blocks.push({ type: 'extra-delta', index: sound, dialect, key: 'audio', value: audio })
  }
  const annotate = (annotation: JsonValue): void => {
    // Without words to annotate there is nothing that it could say.
    if (lastText === undefined) return
    blocks.push({ type: 'extra-delta', index: lastText, dialect, key: 'annotations', value: annotation })
  }

  const assembler = {
    toolCalls: false,
    refusal: false,
    add: (delta: JsonObject) => {
      const field = reasoningFields.find((name) => text(delta[name]) !== '')
      if (field) think(blocks, field, text(delta[field]))
      addContent(delta.content)
      refuse(text(delta.refusal))
      for (const entry of objectsIn(delta.tool_calls)) calls.add(entry)
      if (isJsonObject(delta.function_call)) calls.add({ index: -1, function: delta.function_call })
      if (isJsonObject(delta.audio)) addSound(delta.audio)
      for (const annotation of objectsIn(delta.annotations)) annotate(annotation)
      assembler.toolCalls = calls.count > 0
    },
    end: (isWhole: boolean) => {
      blocks.stop()
      if (sound !== undefined) blocks.push({ type: 'block-end', index: sound })
      calls.end(isWhole)
    },
    take: blocks.take,
  }
  return assembler
}

function think(blocks: BlockNumbers, field: (typeof reasoningFields)[number], words: string): void {
  blocks.flow('thinking', words, () => thinking(field, ''))
}

/** Mistral answers in parts, and thinks in parts of parts. */
function thoughtsOf({ thinking: thoughts }: JsonObject): string {
  return typeof thoughts === 'string' ? thoughts : objectsIn(thoughts).reduce((all, part) => all + text(part.text), '')
}
