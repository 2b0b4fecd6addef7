import type { JsonObject } from '../../core/json.ts'
import type { Reasoning } from '../../core/request.ts'
import { countsThinking, effortBudgets } from '../anthropic-messages/counted-thinking.ts'
import { encodeDisplay } from '../anthropic-messages/reasoning.ts'
import type { LossList } from '../losses.ts'
import type { Family } from './family.ts'

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
    case 'other': {
      const why = 'The model cannot be told how to think.'
      if (saysMore(asked)) losses.dropped(asked.effort ? effortPath : 'thinking.type', why)
      loseShow(asked, losses)
      return { fields: {} }
    }
  }
}

type Asked = Reasoning & { readonly isOff: boolean }

/** Whether more is asked for than to see its thoughts, or not to. */
function saysMore({ effort, budgetTokens, mode }: Asked): boolean {
  return effort !== undefined || budgetTokens !== undefined || mode !== undefined
}

function loseShow({ show, isOff }: Asked, losses: LossList): void {
  if (show !== undefined && !isOff) losses.dropped('thinking.display', 'The model cannot be told what to show.')
}

function forClaude(
  { effort, budgetTokens, mode, show, isOff }: Asked,
  isCounting: boolean,
  losses: LossList,
): EncodedReasoning {
  const degree = effort === 'none' ? undefined : effort
  if (isOff) {
    if (degree && !isCounting) return { fields: { thinking: { type: 'disabled' } }, ...claudeEffort(degree, losses) }
    return { fields: { thinking: { type: 'disabled' } } }
  }
  const isSeen = show !== undefined && show !== 'none'
  const asksToThink = mode !== undefined || budgetTokens !== undefined || isSeen
  const display = isCounting || asksToThink ? encodeDisplay(show, losses) : {}
  if (isCounting) {
    const budget = budgetTokens ?? (degree ? effortBudgets[degree] : mode || isSeen ? effortBudgets.medium : undefined)
    if (budget === undefined) return { fields: {} }
    if (degree)
      losses.approximated(effortPath, `The model has a token budget, not degrees of effort: ${budget} was set.`)
    else if (budgetTokens === undefined)
      losses.approximated('thinking.type', `The model wants a budget: ${budget} tokens.`)
    return { fields: { thinking: { type: 'enabled', budget_tokens: budget, ...display } } }
  }
  const shown = degree ? claudeEffort(degree, losses) : {}
  if (mode === 'adaptive') {
    if (budgetTokens !== undefined) losses.dropped('thinking.budget_tokens', 'Adaptive thinking has no budget.')
    return { fields: { thinking: { type: 'adaptive', ...display } }, ...shown }
  }
  if (budgetTokens !== undefined)
    return { fields: { thinking: { type: 'enabled', budget_tokens: budgetTokens, ...display } }, ...shown }
  if (mode === 'on') {
    losses.approximated('thinking.type', 'Thinking without a budget is asked for as adaptive thinking.')
    return { fields: { thinking: { type: 'adaptive', ...display } }, ...shown }
  }
  return { fields: isSeen ? { thinking: { type: 'adaptive', ...display } } : {}, ...shown }
}

function claudeEffort(degree: NonNullable<Reasoning['effort']>, losses: LossList): { effort: string } {
  if (degree !== 'minimal') return { effort: degree }
  losses.approximated(effortPath, '"minimal" is asked for as "low".')
  return { effort: 'low' }
}

function forNova(asked: Asked, losses: LossList): EncodedReasoning {
  const { effort, budgetTokens, isOff } = asked
  loseShow(asked, losses)
  if (!saysMore(asked)) return { fields: {} }
  if (isOff) return { fields: { reasoningConfig: { type: 'disabled' } } }
  if (budgetTokens !== undefined) losses.dropped('thinking.budget_tokens', 'Nova has degrees of effort, not a budget.')
  const maxReasoningEffort = effort ? upToHigh(effort, losses) : 'medium'
  return { fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort } } }
}

function forGptOss(asked: Asked, losses: LossList): EncodedReasoning {
  const { effort, budgetTokens, isOff } = asked
  loseShow(asked, losses)
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
