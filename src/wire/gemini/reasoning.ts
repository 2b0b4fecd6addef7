import type { ClientDialect } from '../../core/dialect.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Reasoning } from '../../core/request.ts'
import type { LossList } from '../losses.ts'
import { optionalBoolean, optionalNumber, optionalString } from '../read.ts'
import { compact, fieldsOf, furtherFields } from './extras.ts'
import type { WireThinking } from './types.ts'

const known = new Set(['thinkingLevel', 'thinkingBudget', 'includeThoughts'])
const efforts = ['minimal', 'low', 'medium', 'high'] as const

/** What `thinkingConfig` asks for, and what it says beyond it. */
export interface DecodedThinking {
  readonly reasoning?: Reasoning
  readonly rest?: JsonObject
}

/** Reads `generationConfig.thinkingConfig`. */
export function decodeThinking(value: JsonValue | undefined, path: string): DecodedThinking {
  if (value === undefined || value === null) return {}
  const config = fieldsOf(value, path)
  const budget = optionalNumber(config.thinkingBudget, `${path}.thinkingBudget`)
  const level = optionalString(config.thinkingLevel, `${path}.thinkingLevel`)
  const isShown = optionalBoolean(config.includeThoughts, `${path}.includeThoughts`)
  const effort = efforts.find((name) => name === level?.toLowerCase())
  const show = isShown === undefined ? undefined : isShown ? 'summary' : 'none'
  const reasoning = compact<Reasoning>({ effort, ...readBudget(budget), show })
  const rest = compact({
    ...furtherFields(config, known),
    ...(level !== undefined && !effort && { thinkingLevel: level }),
  })
  return {
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(Object.keys(rest).length > 0 && { rest }),
  }
}

/** No tokens: it must not think. Minus one: as many as it likes. */
function readBudget(budget: number | undefined): Pick<Reasoning, 'mode' | 'budgetTokens'> {
  if (budget === undefined) return {}
  if (budget === 0) return { mode: 'off' }
  return budget < 0 ? { mode: 'adaptive' } : { budgetTokens: budget }
}

/** Budgets for models from before degrees of thinking, as Google's own translation has them. */
const budgets = { MINIMAL: 1_024, LOW: 1_024, MEDIUM: 8_192, HIGH: 24_576 } as const

/** Writes `thinkingConfig`. Who asks to think in a dialect that then shows the thoughts is shown them. */
export function encodeThinking(
  reasoning: Reasoning | undefined,
  model: string,
  { spoken, losses }: { readonly spoken: ClientDialect; readonly losses: LossList },
): WireThinking | undefined {
  const { effort, mode, budgetTokens, show } = reasoning ?? {}
  if (mode === 'off' || (effort === 'none' && mode === undefined)) return { thinkingBudget: 0 }
  const shown = encodeShow(show ?? (mode && spoken !== 'gemini' ? 'summary' : undefined), losses)
  const level = levelOf(effort, losses)
  if (level && isBeforeLevels(model)) {
    losses.approximated('reasoning_effort', `${model} has a token budget, not degrees of effort.`)
    return { thinkingBudget: budgetTokens ?? budgets[level], ...shown }
  }
  if (level) {
    if (budgetTokens !== undefined) losses.dropped('thinking.budget_tokens', 'Gemini takes a level or a budget.')
    return { thinkingLevel: level, ...shown }
  }
  if (budgetTokens !== undefined) return { thinkingBudget: budgetTokens, ...shown }
  if (mode !== undefined) return { thinkingBudget: -1, ...shown }
  return show === undefined ? undefined : shown
}

function encodeShow(show: Reasoning['show'], losses: LossList): Pick<WireThinking, 'includeThoughts'> {
  if (show === undefined) return {}
  if (show === 'concise' || show === 'detailed') {
    losses.approximated('thinking.display', `Gemini shows thoughts or does not: "${show}" is asked for as shown.`)
  }
  return { includeThoughts: show !== 'none' }
}

function levelOf(effort: Reasoning['effort'], losses: LossList): keyof typeof budgets | undefined {
  switch (effort) {
    case undefined:
    case 'none':
      return undefined
    case 'minimal':
      return 'MINIMAL'
    case 'low':
      return 'LOW'
    case 'medium':
      return 'MEDIUM'
    case 'high':
      return 'HIGH'
    case 'xhigh':
    case 'max':
      losses.approximated('reasoning_effort', `"${effort}" is asked for as HIGH.`)
      return 'HIGH'
  }
}

function isBeforeLevels(model: string): boolean {
  return /(?:^|\/)gemini-[12]\b/.test(model)
}
