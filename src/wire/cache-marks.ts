import type { ClientDialect } from '../core/dialect.ts'
import type { Block, CacheMark } from '../core/message.ts'
import type { Loss, ModelRequest, ToolDefinition } from '../core/request.ts'
import { placesOf } from './places.ts'

/** What a mark can stand on. */
export type MarkHolder = Block | ToolDefinition

/** A mark as Anthropic and Bedrock have it. */
export interface ShortMark {
  readonly ttl?: '5m' | '1h'
}

/** The marks that are written. */
export interface ChosenMarks {
  /** The mark to write on this block or tool. Gives each once, so that what stands in a prompt twice is marked once. */
  take(holder: MarkHolder): ShortMark | undefined
  /** The mark of the prompt's end. */
  readonly end?: ShortMark
}

/** How a dialect takes marks. */
export interface MarkRules {
  readonly spoken: ClientDialect
  /** Whether it takes one on this. Where it does not, what stands before takes it: the prompt up to there is the same. */
  canHold(holder: MarkHolder): boolean
  /** Why the model takes none on this at all, which is a loss. Default: it takes them on all. */
  takesNone?(holder: MarkHolder): string | undefined
  /** Whether it has a lifetime of an hour. Default true. */
  readonly knowsHours?: boolean
  readonly losses: { add(path: string, effect: Loss['effect'], detail: string): void }
}

interface PlacedMark {
  readonly holder: MarkHolder
  readonly mark: CacheMark
  readonly path: string
  readonly isHead: boolean
}

/** As many as Anthropic and Bedrock take in one request. */
const maxMarks = 4

/**
 * The marks of a request that Anthropic and Bedrock take: four at most, and none that lives longer than one before it. Of more, the
 * last of tools and system prompt is kept, for it is the same in the most calls, and those nearest to the end, which save the most; the
 * others are losses. A lifetime that they do not have becomes the nearest that costs no more.
 */
export function chooseMarks(
  request: ModelRequest,
  { spoken, canHold, takesNone, knowsHours = true, losses }: MarkRules,
): ChosenMarks {
  const field = markFields[spoken]
  const takes = (holder: MarkHolder | undefined, path: string): boolean => {
    const why = holder && takesNone?.(holder)
    if (why !== undefined) losses.add(path, 'dropped', why)
    return why === undefined
  }
  const placed = marksIn(request, spoken, canHold).filter(({ holder, path }) => takes(holder, `${path}.${field}`))
  const ofAll = request.cache && takes(request.messages.at(-1)?.content.at(-1), field) ? request.cache : undefined
  if (placed.length === 0 && !ofAll) return noMarks
  const kept = mostUseful(placed, ofAll ? maxMarks - 1 : maxMarks)
  for (const one of placed) {
    if (kept.has(one)) continue
    losses.add(
      `${one.path}.${field}`,
      'dropped',
      `It takes ${maxMarks} marks a request, and ${placed.length + (ofAll ? 1 : 0)} were set.`,
    )
  }
  let isShortNow = false
  const shorten = ({ ttl }: CacheMark, path: string): ShortMark => {
    const lives = ttl === undefined ? undefined : knowsHours && (ttl === '1h' || ttl === '12h') ? '1h' : '5m'
    if (lives === '1h' && isShortNow) {
      losses.add(path, 'approximated', 'It is kept for 5 minutes: one before it is, and none may live longer.')
      return { ttl: '5m' }
    }
    if (lives !== ttl) losses.add(path, 'approximated', `It is kept for ${lives}: there is no ${ttl}.`)
    isShortNow ||= lives !== '1h'
    return lives === undefined ? {} : { ttl: lives }
  }
  const written = new Map<MarkHolder, ShortMark>()
  for (const { holder, mark, path } of kept) written.set(holder, shorten(mark, `${path}.${field}`))
  const end = ofAll && shorten(ofAll, field)
  return {
    take(holder) {
      const mark = written.get(holder)
      if (mark) written.delete(holder)
      return mark
    },
    ...(end && { end }),
  }
}

/** None, for a host that keeps prompts by itself. */
export const noMarks: ChosenMarks = { take: () => undefined }

/** The word for a mark, in the dialect that said it. */
const markFields: Readonly<Record<ClientDialect, string>> = {
  'openai-chat': 'prompt_cache_breakpoint',
  'openai-responses': 'prompt_cache_breakpoint',
  'anthropic-messages': 'cache_control',
  gemini: 'cache',
}

/**
 * Names the lifetimes that a provider does not promise whose cache keeps prompts by itself, and so needs no marks: nothing else
 * of them is lost. `longest` is what it does promise. Default: nothing.
 */
export function loseLifetimes(
  request: ModelRequest,
  { spoken, losses, longest = [] }: Pick<MarkRules, 'spoken' | 'losses'> & { longest?: readonly CacheMark['ttl'][] },
): void {
  const field = markFields[spoken]
  const lose = ({ ttl }: CacheMark, path: string) => {
    if (ttl === undefined || ttl === '5m' || longest.includes(ttl)) return
    losses.add(path, 'approximated', `Its cache keeps prompts by itself, and promises no ${ttl}.`)
  }
  for (const { mark, path } of marksIn(request, spoken, () => true)) lose(mark, `${path}.${field}`)
  if (request.cache) lose(request.cache, field)
}

function mostUseful(placed: readonly PlacedMark[], limit: number): ReadonlySet<PlacedMark> {
  const latest = placed.slice(-limit)
  const head = placed.findLast(({ isHead }) => isHead)
  return new Set(!head || latest.includes(head) ? latest : [head, ...latest.slice(1)])
}

/** The marks in the order of the prompt: tools, then messages. */
function marksIn(request: ModelRequest, spoken: ClientDialect, canHold: MarkRules['canHold']): readonly PlacedMark[] {
  const { tools = [], messages } = request
  const placed = new Map<MarkHolder, PlacedMark>()
  let before: MarkHolder | undefined
  const visit = (holder: MarkHolder, path: () => string, isHead: boolean): void => {
    if (canHold(holder)) before = holder
    const mark = holder.cache
    if (mark && before && !placed.has(before)) placed.set(before, { holder: before, mark, path: path(), isHead })
  }
  for (const [index, tool] of tools.entries()) visit(tool, () => `tools[${index}]`, true)
  let places: ReturnType<typeof placesOf> | undefined
  for (const [index, { role, content }] of messages.entries()) {
    for (const [at, block] of content.entries()) {
      const path = () => {
        places ??= placesOf(messages, spoken)
        return places[index]!.block(at)
      }
      if (block.type === 'tool-result')
        for (const [within, inner] of block.content.entries()) visit(inner, () => `${path()}.content[${within}]`, false)
      visit(block, path, role === 'system')
    }
  }
  return [...placed.values()]
}

/** The same request without any mark. */
export function withoutMarks(request: ModelRequest): ModelRequest {
  const isMarked =
    request.cache !== undefined ||
    request.tools?.some(({ cache }) => cache) ||
    request.messages.some(({ content }) => content.some(hasMark))
  if (!isMarked) return request
  const { cache: _, tools, messages, ...rest } = request
  return {
    ...rest,
    ...(tools && { tools: tools.map(({ cache: _, ...tool }) => tool) }),
    messages: messages.map((message) => ({ ...message, content: message.content.map(withoutMark) })),
  }
}

function hasMark(block: Block): boolean {
  return block.cache !== undefined || (block.type === 'tool-result' && block.content.some(hasMark))
}

function withoutMark({ cache: _, ...block }: Block): Block {
  return block.type === 'tool-result' ? { ...block, content: block.content.map(withoutMark) } : block
}
