import type { JsonObject } from '../../core/json.ts'
import type { Reasoning } from '../../core/request.ts'
import type { LossList } from '../losses.ts'
import { countsThinking, type Family } from './family.ts'

/** How a model is told to think: in its own words, and in those that Converse has for all. */
export interface EncodedReasoning {
  /** For `additionalModelRequestFields`. */
  readonly fields: JsonObject
  /** For `outputConfig`. */
  readonly effort?: string
}

const effortPath = 'reasoning_effort'

/** Writes reasoning as the model's family takes it. */
export function encodeReasoning(
  reasoning: Reasoning | undefined,
  model: string,
  family: Family,
  losses: LossList,
): EncodedReasoning {
  if (!reasoning) return { fields: {} }
  const asked = { ...reasoning, isOff: reasoning.mode === 'off' || (reasoning.effort === 'none' && !reasoning.mode) }
  switch (family) {
    case 'claude':
      return forClaude(asked, countsThinking(model), losses)
    case 'nova':
      return forNova(asked, losses)
    case 'gpt-oss':
      return forGptOss(asked, losses)
    case 'other':
      losses.dropped(reasoning.effort ? effortPath : 'thinking.type', 'The model cannot be told how to think.')
      return { fields: {} }
  }
}

type Asked = Reasoning & { readonly isOff: boolean }

/** Budgets for models from before degrees of effort; 1,024 is the least that they take. */
const budgets = { minimal: 1_024, low: 1_024, medium: 4_096, high: 16_384, xhigh: 24_576, max: 32_768 } as const

function forClaude(
  { effort, budgetTokens, mode, isOff }: Asked,
  isCounting: boolean,
  losses: LossList,
): EncodedReasoning {
  const degree = effort === 'none' ? undefined : effort
  if (isOff) {
    if (degree && !isCounting) return { fields: { thinking: { type: 'disabled' } }, ...claudeEffort(degree, losses) }
    return { fields: { thinking: { type: 'disabled' } } }
  }
  if (isCounting) {
    const budget = budgetTokens ?? (degree ? budgets[degree] : mode ? budgets.medium : undefined)
    if (budget === undefined) return { fields: {} }
    if (degree)
      losses.approximated(effortPath, `The model has a token budget, not degrees of effort: ${budget} was set.`)
    else if (budgetTokens === undefined)
      losses.approximated('thinking.type', `The model wants a budget: ${budget} tokens.`)
    return { fields: { thinking: { type: 'enabled', budget_tokens: budget } } }
  }
  const shown = degree ? claudeEffort(degree, losses) : {}
  if (mode === 'adaptive') {
    if (budgetTokens !== undefined) losses.dropped('thinking.budget_tokens', 'Adaptive thinking has no budget.')
    return { fields: { thinking: { type: 'adaptive' } }, ...shown }
  }
  if (budgetTokens !== undefined)
    return { fields: { thinking: { type: 'enabled', budget_tokens: budgetTokens } }, ...shown }
  if (mode === 'on') {
    losses.approximated('thinking.type', 'Thinking without a budget is asked for as adaptive thinking.')
    return { fields: { thinking: { type: 'adaptive' } }, ...shown }
  }
  return { fields: {}, ...shown }
}

function claudeEffort(degree: NonNullable<Reasoning['effort']>, losses: LossList): { effort: string } {
  if (degree !== 'minimal') return { effort: degree }
  losses.approximated(effortPath, '"minimal" is asked for as "low".')
  return { effort: 'low' }
}

function forNova({ effort, budgetTokens, isOff }: Asked, losses: LossList): EncodedReasoning {
  if (isOff) return { fields: { reasoningConfig: { type: 'disabled' } } }
  if (budgetTokens !== undefined) losses.dropped('thinking.budget_tokens', 'Nova has degrees of effort, not a budget.')
  const maxReasoningEffort = effort ? upToHigh(effort, losses) : 'medium'
  return { fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort } } }
}

function forGptOss({ effort, budgetTokens, isOff }: Asked, losses: LossList): EncodedReasoning {
  if (budgetTokens !== undefined)
    losses.dropped('thinking.budget_tokens', 'The model has degrees of effort, not a budget.')
  if (isOff) {
    losses.approximated(
      effort ? effortPath : 'thinking.type',
      'The model always thinks: the least effort is asked for.',
    )
    return { fields: { reasoning_effort: 'low' } }
  }
  return { fields: effort ? { reasoning_effort: upToHigh(effort, losses) } : {} }
}

function upToHigh(effort: NonNullable<Reasoning['effort']>, losses: LossList): 'low' | 'medium' | 'high' {
  if (effort === 'low' || effort === 'medium' || effort === 'high') return effort
  const nearest = effort === 'xhigh' || effort === 'max' ? 'high' : 'low'
  losses.approximated(effortPath, `"${effort}" is asked for as "${nearest}".`)
  return nearest
}
