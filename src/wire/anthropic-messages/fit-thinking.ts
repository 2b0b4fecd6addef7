import type { ModelRequest } from '../../core/request.ts'
import type { LossList } from '../losses.ts'
import type { WireMessage, WireThinkingConfig } from './types.ts'

/** Anthropic takes no smaller budget. */
const minBudget = 1_024

/**
 * Thinking as the API takes it beside the rest of a request that another dialect made: not where a tool is forced, within
 * `max_tokens`, and not with a fixed budget where the turn that tools are answering lacks its thought, for none can be
 * put there. What had to change is named.
 */
export function fitThinking(
  thinking: WireThinkingConfig | undefined,
  { toolChoice, maxOutputTokens }: Pick<ModelRequest, 'toolChoice' | 'maxOutputTokens'>,
  messages: readonly WireMessage[],
  losses: LossList,
): WireThinkingConfig | undefined {
  if (!thinking || thinking.type === 'disabled') return thinking
  if (toolChoice?.type === 'required' || toolChoice?.type === 'tool') {
    losses.dropped('thinking.type', 'Anthropic does not think where a tool is forced.')
    return undefined
  }
  if (thinking.type !== 'enabled') return thinking
  if (lacksThought(messages)) {
    losses.dropped('thinking.type', 'The turn that the tools answer came without the thought that it began with.')
    return undefined
  }
  const most = (maxOutputTokens ?? Number.POSITIVE_INFINITY) - 1
  if (most < minBudget) {
    losses.dropped('thinking.budget_tokens', `It must be at least ${minBudget} and less than max_tokens.`)
    return undefined
  }
  const budget = Math.min(Math.max(thinking.budget_tokens, minBudget), most)
  if (budget === thinking.budget_tokens) return thinking
  losses.approximated(
    'thinking.budget_tokens',
    `${budget} is asked for: it must be at least ${minBudget} and less than max_tokens.`,
  )
  return { ...thinking, budget_tokens: budget }
}

/** Whether tools are answering a turn that does not begin with its thought. */
export function lacksThought(messages: readonly WireMessage[]): boolean {
  const last = messages.at(-1)
  if (last?.role !== 'user' || !blocksOf(last).some(({ type }) => type === 'tool_result')) return false
  const answered = messages.findLast(({ role }) => role === 'assistant')
  const [first] = answered ? blocksOf(answered) : []
  return first?.type !== 'thinking' && first?.type !== 'redacted_thinking'
}

function blocksOf({ content }: WireMessage): readonly { readonly type?: unknown }[] {
  return typeof content === 'string' ? [] : content
}
