import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Reasoning } from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import type { LossList } from '../losses.ts'
import { asObject, asString, optionalCount } from '../read.ts'
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

function decodeThinking(value: JsonValue | undefined): {
  readonly mode?: Pick<Reasoning, 'mode' | 'budgetTokens'>
  readonly thinkingRest?: JsonObject
} {
  if (value === undefined || value === null) return {}
  const thinking = asObject(value, 'thinking')
  const type = asString(thinking.type, 'thinking.type')
  const budgetTokens = optionalCount(thinking.budget_tokens, 'thinking.budget_tokens')
  const thinkingRest = furtherFields(thinking, known)
  switch (type) {
    case 'adaptive':
      return { mode: { mode: 'adaptive' }, ...(thinkingRest && { thinkingRest }) }
    case 'disabled':
      return { mode: { mode: 'off' }, ...(thinkingRest && { thinkingRest }) }
    case 'enabled':
      if (budgetTokens === undefined) throw new InvalidRequest('thinking.budget_tokens', 'required by type "enabled".')
      return { mode: { mode: 'on', budgetTokens }, ...(thinkingRest && { thinkingRest }) }
    default:
      return { thinkingRest: thinking }
  }
}

/** Writes `thinking`. */
export function encodeThinking(reasoning: Reasoning | undefined, losses: LossList): WireThinkingConfig | undefined {
  const { mode, budgetTokens, effort } = reasoning ?? {}
  if (mode === 'off' || (effort === 'none' && mode === undefined)) return { type: 'disabled' }
  if (mode === 'adaptive') {
    if (budgetTokens !== undefined) losses.dropped('thinking.budget_tokens', 'Adaptive thinking has no budget.')
    return { type: 'adaptive' }
  }
  if (budgetTokens !== undefined) return { type: 'enabled', budget_tokens: budgetTokens }
  if (mode === 'on') {
    losses.approximated('thinking.type', 'Thinking without a budget is asked for as adaptive thinking.')
    return { type: 'adaptive' }
  }
  return undefined
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
