import type { Loss } from '../../core/request.ts'

/** What this dialect calls the settings that the others name when they cannot say them. */
const names: Readonly<Record<string, string>> = {
  max_tokens: 'generationConfig.maxOutputTokens',
  temperature: 'generationConfig.temperature',
  top_p: 'generationConfig.topP',
  top_k: 'generationConfig.topK',
  seed: 'generationConfig.seed',
  presence_penalty: 'generationConfig.presencePenalty',
  frequency_penalty: 'generationConfig.frequencyPenalty',
  response_format: 'generationConfig.responseMimeType',
  tool_choice: 'toolConfig.functionCallingConfig',
  reasoning_effort: 'generationConfig.thinkingConfig.thinkingLevel',
  'reasoning.mode': 'generationConfig.thinkingConfig',
  'reasoning.budgetTokens': 'generationConfig.thinkingConfig.thinkingBudget',
  'thinking.budget_tokens': 'generationConfig.thinkingConfig.thinkingBudget',
  'thinking.type': 'generationConfig.thinkingConfig',
}

/** Losses of a request that came in this dialect, their paths in its words. */
export function spellLosses(losses: readonly Loss[]): readonly Loss[] {
  return losses.map((loss) => {
    const name = Object.hasOwn(names, loss.path) ? names[loss.path] : stopIn(loss.path)
    return name === undefined ? loss : { ...loss, path: name }
  })
}

function stopIn(path: string): string | undefined {
  return /^stop\[\d+\]$/.test(path) ? path.replace('stop', 'generationConfig.stopSequences') : undefined
}
