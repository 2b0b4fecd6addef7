import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { ProviderReply } from '../../core/provider.ts'
import type { Reply } from '../../core/reply.ts'
import { InvalidRequest, ReplyUnreadable } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import type { AnswerContext, DecodeContext, Encoded } from '../codec.ts'
import { doubtUsage } from '../doubt-usage.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { failureIn } from '../openai/error.ts'
import { text } from '../openai/fields.ts'
import { refusalSentence } from '../openai/refusal.ts'
import { withAnnotations } from './annotations.ts'
import { decodeCacheMiss } from './cache-miss.ts'
import { decodeItem } from './decode-item.ts'
import { encodeItems, type ItemStyle } from './encode-item.ts'
import { decodeEnding, encodeEnding, heldIn } from './ending.ts'
import { dialect } from './types.ts'
import { decodeUsage, encodeToolUsage, encodeUsage } from './usage.ts'

/** A whole answer. */
export function decodeReply(body: JsonValue, context: DecodeContext): ProviderReply {
  const { target } = context
  if (!isJsonObject(body)) throw new ReplyUnreadable(target, 'JSON that is no object')
  doubtUsage(context, body.usage)
  if (body.status === undefined) {
    const failure = failureIn(body, target)
    if (failure) throw failure
  }
  const isOver = body.status === 'completed' || body.status === 'incomplete'
  if (isOver && !Array.isArray(body.output)) throw new ReplyUnreadable(target, 'a response without output')
  const content = decodeOutput(body.output, target)
  const { ending, rawStop } = decodeEnding(body, heldIn(content), target)
  return {
    id: text(body.id),
    model: text(body.model) || askedModel(target),
    content,
    ending,
    rawStop,
    usage: decodeUsage(body),
    ...decodeCacheMiss(body),
  }
}

/** The blocks of `output`. Throws `ReplyUnreadable` for an item of the wrong shape. */
function decodeOutput(output: JsonValue | undefined, target: string): Block[] {
  return Array.isArray(output) ? output.flatMap((item, i) => decodeOutputItem(item, `output[${i}]`, target)) : []
}

/** The blocks of one item of an answer. Throws `ReplyUnreadable` where it has the wrong shape. */
export function decodeOutputItem(item: JsonValue | undefined, path: string, target: string): Block[] {
  return readable(target, () => {
    if (!isJsonObject(item)) throw new InvalidRequest(path, 'expected an object.')
    return decodeItem(item, path).filter((block) => !isEmpty(block))
  })
}

/** What reading gives; nonsense that a provider wrote is its failure, not the caller's. */
export function readable<T>(target: string, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof InvalidRequest)) throw thrown
    throw new ReplyUnreadable(target, `an item of the wrong shape (${thrown.message.replace(/\.$/, '')})`, thrown)
  }
}

function isEmpty(block: Block): boolean {
  return (block.type === 'text' || block.type === 'refusal') && block.text === ''
}

/** The answer as a `response`. Reasoning of another dialect is shown as a summary. */
export function encodeReply(reply: Reply, context: AnswerContext): Encoded {
  const losses = collectLosses(dialect)
  const sentence = refusalSentence(reply)
  const said = withAnnotations(reply.content, losses)
  const content: readonly Block[] = sentence === '' ? said : [...said, { type: 'refusal', text: sentence }]
  const output = encodeItems(content, answerStyle(context.callId, losses))
  const whole = { ...reply, content }
  const id = reply.id.startsWith('resp_') ? reply.id : responseId(context.callId)
  return {
    body: finishedResponse(whole, output, { ...context, id, model: reply.model || context.model }, losses),
    losses: losses.list,
  }
}

/** The id of an answer that has none of this dialect's own. */
export function responseId(callId: string): string {
  return `resp_${callId.replace(/^[a-z]+_/, '')}`
}

/** How the items of an answer are written: numbered in the order in which they are asked for. */
export function answerStyle(callId: string, losses: LossList): ItemStyle {
  let count = 0
  return {
    newId: (prefix) => `${prefix}_${callId.replace(/^[a-z]+_/, '')}_${count++}`,
    path: (index) => `content[${index}]`,
    losses,
  }
}

/** What names a response. */
export interface ResponseHead {
  readonly id: string
  readonly model: string
  readonly created: number
}

/** A response that has just begun. What the request said is not repeated: who asked knows it. */
export function startedResponse({ id, model, created }: ResponseHead): JsonObject {
  return {
    id,
    object: 'response',
    created_at: created,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model,
    output: [],
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    store: false,
    usage: null,
  }
}

/** A response that is over. */
export function finishedResponse(
  reply: Pick<Reply, 'ending' | 'content' | 'usage'>,
  output: readonly JsonObject[],
  head: ResponseHead,
  losses: LossList,
): JsonObject {
  return {
    ...startedResponse(head),
    ...encodeEnding(reply, losses),
    output,
    ...encodeToolUsage(reply.usage),
    usage: encodeUsage(reply.usage),
  }
}
