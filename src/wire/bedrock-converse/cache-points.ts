import type { ClientDialect } from '../../core/dialect.ts'
import type { Block } from '../../core/message.ts'
import type { ModelRequest } from '../../core/request.ts'
import { chooseMarks, type MarkHolder, type ShortMark } from '../cache-marks.ts'
import type { LossList } from '../losses.ts'
import type { Family } from './family.ts'
import type { WireCachePoint } from './types.ts'

/** Something that is written, and what a mark after it would stand on. */
export interface Marked<Written> {
  readonly written: Written
  readonly holder?: MarkHolder
}

/** Everything of a request that cache points can stand in, in the order of its prompt. */
export interface Prompt {
  readonly tools: readonly Marked<object>[]
  readonly system: readonly Marked<object>[]
  readonly turns: readonly { readonly content: readonly Marked<object>[] }[]
}

/** Puts the cache points of a request between what is written. */
export type PlacePoints = <Written>(list: readonly Marked<Written>[]) => (Written | WireCachePoint)[]

/** What the points of a request are chosen by. */
export interface CachePointOptions {
  readonly family: Family
  readonly spoken: ClientDialect
  readonly losses: LossList
}

/** Chooses the cache points of a request once it is written, by the rules that Anthropic's own API has. */
export function cachePoints(
  request: ModelRequest,
  { tools, system, turns }: Prompt,
  { family, spoken, losses }: CachePointOptions,
): PlacePoints {
  const spots = [...tools, ...system, ...turns.flatMap(({ content }) => content)].filter(isSpot)
  const holders = new Set(spots.map(({ holder }) => holder))
  const marks = chooseMarks(request, {
    spoken,
    losses,
    canHold: (holder) => holders.has(holder),
    takesNone: (holder) => whyNone(family, holder),
    knowsHours: family !== 'nova',
  })
  const last = turns.at(-1)?.content.findLast(isSpot)
  return (list) =>
    list.flatMap((one) => {
      const { written, holder } = one
      const mark = (holder && marks.take(holder)) ?? (one === last ? marks.end : undefined)
      return mark ? [written, pointOf(mark)] : [written]
    })
}

/** The request with the marks that stand within tool results after them: between their pieces no cache point can stand. */
export function marksAfterResults(request: ModelRequest): ModelRequest {
  const stands = ({ content }: ModelRequest['messages'][number]) =>
    content.some((block) => block.type === 'tool-result' && block.content.some(({ cache }) => cache))
  if (!request.messages.some(stands)) return request
  const messages = request.messages.map((message) =>
    stands(message) ? { ...message, content: message.content.map(markedAfter) } : message,
  )
  return { ...request, messages }
}

function markedAfter(block: Block): Block {
  if (block.type !== 'tool-result') return block
  const cache = block.cache ?? block.content.findLast((inner) => inner.cache)?.cache
  const content = block.content.map(({ cache: _, ...inner }) => inner)
  return cache ? { ...block, cache, content } : block
}

/** Thinking takes no point, and what Bedrock alone knows of is not ours to mark. */
function isSpot(one: Marked<object>): one is Marked<object> & { readonly holder: MarkHolder } {
  return one.holder !== undefined && !('reasoningContent' in one.written)
}

function whyNone(family: Family, holder: MarkHolder): string | undefined {
  if (family === 'claude') return undefined
  const isTool = !('type' in holder)
  if (family === 'nova' && !isTool) return undefined
  return `The model takes no cache point in its ${isTool ? 'tools' : 'prompt'}.`
}

/** Five minutes is what a point without a time means, and older models know no other. */
function pointOf({ ttl }: ShortMark): WireCachePoint {
  return { cachePoint: { type: 'default', ...(ttl === '1h' && { ttl }) } }
}
