import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Reasoning } from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import type { LossList } from '../losses.ts'
import { asObject, asString, optionalCount } from '../read.ts'
import { countsThinking, effortBudgets } from './counted-thinking.ts'
import { furtherFields } from './extras.ts'
import type { WireOutputConfig, WireThinkingConfig } from './types.ts'

type Effort = NonNullable<WireOutputConfig['effort']>

const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const satisfies readonly Effort[]

/** What `thinking` and `output_config.effort` ask for, and what they say beyond it. */
export interface DecodedReasoning {
  readonly reasoning?: Reasoning
  readonly thinkingRest?: JsonObject
  readonly effortRest?: JsonValue
}

/** Reads `thinking` and `output_config.effort`. */
export function decodeReasoning(thinking: JsonValue | undefined, effort: JsonValue | undefined): DecodedReasoning {
  const { mode, thinkingRest } = decodeThinking(thinking)
  const known = efforts.find((name) => name === effort)
  if (effort !== undefined && effort !== null && !known) asString(effort, 'output_config.effort')
  const reasoning = { ...(known && { effort: known }), ...mode }
  return {
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(thinkingRest && { thinkingRest }),
    ...(!known && typeof effort === 'string' && { effortRest: effort }),
  }
}

const known = new Set(['type', 'budget_tokens'])
const knownShown = new Set([...known, 'display'])

const displays: ReadonlyMap<unknown, NonNullable<Reasoning['show']>> = new Map([
  ['summarized', 'summary'],
  ['omitted', 'none'],
])

function decodeThinking(value: JsonValue | undefined): {
  readonly mode?: Pick<Reasoning, 'mode' | 'budgetTokens' | 'show'>
  readonly thinkingRest?: JsonObject
} {
  if (value === undefined || value === null) return {}
  const thinking = asObject(value, 'thinking')
  const type = asString(thinking.type, 'thinking.type')
  const budgetTokens = optionalCount(thinking.budget_tokens, 'thinking.budget_tokens')
  const show = type === 'disabled' ? undefined : displays.get(thinking.display)
  const thinkingRest = furtherFields(thinking, show ? knownShown : known)
  switch (type) {
    case 'adaptive':
      return { mode: { mode: 'adaptive', ...(show && { show }) }, ...(thinkingRest && { thinkingRest }) }
    case 'disabled':
      return { mode: { mode: 'off' }, ...(thinkingRest && { thinkingRest }) }
    case 'enabled':
      if (budgetTokens === undefined) throw new InvalidRequest('thinking.budget_tokens', 'required by type "enabled".')
      return { mode: { mode: 'on', budgetTokens, ...(show && { show }) }, ...(thinkingRest && { thinkingRest }) }
    default:
      return { thinkingRest: thinking }
  }
}

/** Writes `thinking`. Who asks to see thoughts asks the model to think, for here none are shown otherwise. */
export function encodeThinking(
  reasoning: Reasoning | undefined,
  model: string,
  losses: LossList,
): WireThinkingConfig | undefined {
  const { mode, budgetTokens, effort, show } = reasoning ?? {}
  if (mode === 'off' || (effort === 'none' && mode === undefined)) return { type: 'disabled' }
  if (mode === 'adaptive') {
    if (budgetTokens !== undefined) losses.dropped('thinking.budget_tokens', 'Adaptive thinking has no budget.')
    return { type: 'adaptive', ...encodeDisplay(show, losses) }
  }
  if (budgetTokens !== undefined) {
    return { type: 'enabled', budget_tokens: budgetTokens, ...encodeDisplay(show, losses) }
  }
  if (mode === 'on') {
    losses.approximated('thinking.type', 'Thinking without a budget is asked for as adaptive thinking.')
    return { type: 'adaptive', ...encodeDisplay(show, losses) }
  }
  if (show === undefined || show === 'none') return undefined
  const display = encodeDisplay(show, losses)
  if (!countsThinking(model)) return { type: 'adaptive', ...display }
  const budget = effortBudgets[effort === undefined || effort === 'none' ? 'medium' : effort]
  losses.approximated('thinking.type', `The model wants a budget: ${budget} tokens.`)
  return { type: 'enabled', budget_tokens: budget, ...display }
}

/** Writes `display`. */
export function encodeDisplay(show: Reasoning['show'], losses: LossList): { display?: 'summarized' | 'omitted' } {
  if (show === undefined) return {}
  if (show === 'concise' || show === 'detailed') {
    losses.approximated('thinking.display', `Claude shows a summary or nothing: "${show}" is asked for as a summary.`)
  }
  return { display: show === 'none' ? 'omitted' : 'summarized' }
}

/** Writes `output_config.effort`. */
export function encodeEffort(effort: Reasoning['effort'], losses: LossList): Effort | undefined {
  if (effort === undefined || effort === 'none') return undefined
  if (effort !== 'minimal') return effort
  losses.approximated('reasoning_effort', '"minimal" is asked for as "low".')
  return 'low'
}

/** The budget that a thinking configuration takes out of `max_tokens`. */
export function thinkingBudget(thinking: WireThinkingConfig | undefined): number {
  return thinking?.type === 'enabled' ? thinking.budget_tokens : 0
}
