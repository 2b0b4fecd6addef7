import type { Block, CacheMark, Message } from '../core/message.ts'
import type { RepeatedPrompt, TargetPromptCache } from '../core/prompt-cache.ts'
import type { ModelRequest, ToolDefinition } from '../core/request.ts'
import { estimateBlock, estimateTool } from '../models/index.ts'

/** As many as a provider takes in one request. */
const maxMarks = 4

/** Anthropic looks back over 20 blocks from a mark for what was written before; further back, only a mark finds it. */
const lookBack = 16

/** Where a mark stands: after the tools, or after a block of a message; after so many characters of it, where they are given. */
interface Place {
  readonly message: number
  readonly block: number
  readonly characters?: number
}

const afterTools: Place = { message: -1, block: -1 }

/**
 * The request with marks at the ends of what comes again in later calls: the tools, the system prompt, the author's words that the user's
 * first message begins with, and of a conversation that goes on all of it. Only where the prompt up to there is, by our estimate, long
 * enough to be kept; of more than four places the first is left out, for a later mark covers it. Undefined where none is worth a mark.
 * Text is split where a mark stands within it, and stays the same text.
 */
export function markRepeats(
  request: ModelRequest,
  repeats: RepeatedPrompt,
  target: Pick<TargetPromptCache, 'minTokens' | 'keepsEnd'>,
  mark: CacheMark,
): ModelRequest | undefined {
  if (isMarked(request)) return undefined
  const places = placesOf(request, repeats, target).slice(-maxMarks)
  if (places.length === 0) return undefined
  const { tools, messages } = request
  return {
    ...request,
    ...(tools && places.includes(afterTools) && { tools: withLast(tools, (tool) => ({ ...tool, cache: mark })) }),
    messages: messages.map((message, index) =>
      markMessage(
        message,
        places.filter((place) => place.message === index),
        mark,
      ),
    ),
  }
}

/** What the author of a feature has marked is as the author wants it. */
function isMarked({ cache, tools, messages }: ModelRequest): boolean {
  return (
    cache !== undefined ||
    (tools?.some((tool) => tool.cache) ?? false) ||
    messages.some(({ content }) => content.some((block) => block.cache))
  )
}

/** The places that are long enough, in the order of the prompt. */
function placesOf(
  { tools = [], messages }: ModelRequest,
  { leading = '', conversation }: RepeatedPrompt,
  { minTokens, keepsEnd }: Pick<TargetPromptCache, 'minTokens' | 'keepsEnd'>,
): Place[] {
  const places: Place[] = []
  let tokens = 0
  const add = (place: Place, size: number): void => {
    if (size >= minTokens) places.push(place)
  }
  for (const tool of tools) tokens += estimateTool(tool)
  if (tools.length > 0) add(afterTools, tokens)
  const firstTurn = messages.findIndex(({ role }) => role !== 'system')
  const ends = conversation && !keepsEnd ? endsOf(messages, conversation.sentBefore) : []
  for (const [index, { content }] of messages.entries()) {
    let end: { readonly at: number; readonly size: number } | undefined
    for (const [at, block] of content.entries()) {
      const here = { message: index, block: at }
      const isLead = leading.trim() !== '' && index === firstTurn && at === 0 && block.type === 'text'
      if (isLead && block.text.startsWith(leading)) {
        const rest = block.text.slice(leading.length)
        const size = tokens + estimateBlock({ type: 'text', text: leading })
        if (rest === '') add(here, size)
        else if (rest.trim() !== '') add({ ...here, characters: leading.length }, size)
      }
      // What is long enough already need not be counted on.
      if (tokens < minTokens) tokens += estimateBlock(block)
      if (saysSomething(block)) end = { at, size: tokens }
    }
    const isEndOfSystem = index === firstTurn - 1 && index >= 0
    if (end && (isEndOfSystem || ends.includes(index))) add({ message: index, block: end.at }, end.size)
  }
  return places.filter((place, index) => !isSame(place, places[index - 1]))
}

/** Empty text and thinking can bear no mark. */
function saysSomething(block: Block): boolean {
  return block.type === 'text' ? block.text.trim() !== '' : block.type !== 'thinking'
}

const isSame = (one: Place, other: Place | undefined) =>
  one.message === other?.message && one.block === other.block && one.characters === other.characters

/** The last message, and the last that the call before sent where that lies too far back to be found from the end. */
function endsOf(messages: readonly Message[], sentBefore: number): number[] {
  const since = messages.slice(sentBefore).reduce((blocks, { content }) => blocks + content.length, 0)
  const end = messages.length - 1
  return sentBefore > 0 && since > lookBack ? [sentBefore - 1, end] : [end]
}

function markMessage(message: Message, places: readonly Place[], mark: CacheMark): Message {
  if (places.length === 0) return message
  const content = message.content.flatMap((block, at): Block[] => {
    const here = places.filter((place) => place.block === at)
    if (here.length === 0) return [block]
    const characters = here.find((place) => place.characters !== undefined)?.characters
    const isEnd = here.some((place) => place.characters === undefined)
    const end = (last: Block): Block => (isEnd ? { ...last, cache: mark } : last)
    if (characters === undefined || block.type !== 'text') return [end(block)]
    const lead = { ...block, text: block.text.slice(0, characters), cache: mark }
    return [lead, end({ ...block, text: block.text.slice(characters) })]
  })
  return { ...message, content }
}

function withLast(
  tools: readonly ToolDefinition[],
  change: (tool: ToolDefinition) => ToolDefinition,
): readonly ToolDefinition[] {
  return tools.map((tool, index) => (index === tools.length - 1 ? change(tool) : tool))
}
