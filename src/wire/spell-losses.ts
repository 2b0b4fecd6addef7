import type { ClientDialect } from '../core/dialect.ts'
import type { Loss } from '../core/request.ts'

type Spelling = Readonly<Partial<Record<ClientDialect, string>>>

/** What dialects call a setting that targets name in words of their own when they cannot say it. */
const names: Readonly<Record<string, Spelling>> = {
  max_tokens: { 'openai-responses': 'max_output_tokens', gemini: 'generationConfig.maxOutputTokens' },
  temperature: { gemini: 'generationConfig.temperature' },
  top_p: { gemini: 'generationConfig.topP' },
  top_k: { gemini: 'generationConfig.topK' },
  seed: { gemini: 'generationConfig.seed' },
  presence_penalty: { gemini: 'generationConfig.presencePenalty' },
  frequency_penalty: { gemini: 'generationConfig.frequencyPenalty' },
  stop: { 'anthropic-messages': 'stop_sequences', gemini: 'generationConfig.stopSequences' },
  user: { 'anthropic-messages': 'metadata.user_id' },
  response_format: {
    'openai-responses': 'text.format',
    'anthropic-messages': 'output_config.format',
    gemini: 'generationConfig.responseMimeType',
  },
  tool_choice: { gemini: 'toolConfig.functionCallingConfig' },
  parallel_tool_calls: { 'anthropic-messages': 'tool_choice.disable_parallel_tool_use' },
  reasoning_effort: {
    'openai-responses': 'reasoning.effort',
    'anthropic-messages': 'output_config.effort',
    gemini: 'generationConfig.thinkingConfig.thinkingLevel',
  },
  // A client of Responses asks to think only by asking to see it.
  'thinking.type': { 'openai-responses': 'reasoning.summary', gemini: 'generationConfig.thinkingConfig' },
  'thinking.display': {
    'openai-responses': 'reasoning.summary',
    gemini: 'generationConfig.thinkingConfig.includeThoughts',
  },
  'thinking.budget_tokens': {
    'openai-responses': 'reasoning.summary',
    gemini: 'generationConfig.thinkingConfig.thinkingBudget',
  },
}

/** What is said of one tool, after the tool itself. */
const ofTools: Readonly<Record<string, Spelling>> = {
  strict: { 'openai-chat': 'function.strict' },
  name: { 'openai-chat': 'function.name' },
}

/** Losses of a request, the settings among their paths in the words of the dialect that said them. */
export function spellLosses(losses: readonly Loss[], spoken: ClientDialect): readonly Loss[] {
  return losses.map((loss) => ({ ...loss, path: spell(loss.path, spoken) }))
}

function spell(path: string, spoken: ClientDialect): string {
  const [, setting = path, place = ''] = /^(stop)(\[\d+\])$/.exec(path) ?? []
  const [, tool, field = ''] = /^(tools\[\d+\])\.(\w+)$/.exec(path) ?? []
  if (tool !== undefined) return `${tool}.${find(ofTools, field, spoken) ?? field}`
  const name = find(names, setting, spoken)
  return name === undefined ? path : name + place
}

function find(table: Readonly<Record<string, Spelling>>, key: string, spoken: ClientDialect): string | undefined {
  return Object.hasOwn(table, key) ? table[key]?.[spoken] : undefined
}
