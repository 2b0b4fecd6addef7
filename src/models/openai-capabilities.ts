import type { Effort, ModelCapabilities } from '../core/capabilities.ts'

const common = {
  imageInput: true,
  audioInput: false,
  tools: true,
  parallelTools: true,
  structuredOutput: true,
} as const satisfies ModelCapabilities

const plain: ModelCapabilities = { ...common, thinking: false, efforts: [], sampling: true }

/** Takes sampling parameters at the effort `none` at most, and so not whatever else is asked. */
function reasoning(...efforts: readonly Effort[]): ModelCapabilities {
  return { ...common, thinking: true, efforts, sampling: false }
}

const gpt6 = reasoning('low', 'medium', 'high', 'xhigh', 'max')
const gpt6OrNone = reasoning('none', 'low', 'medium', 'high', 'xhigh', 'max')
const gpt56 = gpt6OrNone
const gpt52 = reasoning('none', 'low', 'medium', 'high', 'xhigh')
const gpt5 = reasoning('minimal', 'low', 'medium', 'high')

/** As `@ai-sdk/openai` 4.0.118 declares its models (checked on 2026-11-23), by exact id. It says nothing of PDFs. */
export const openaiCapabilities: Readonly<Record<string, ModelCapabilities>> = {
  'gpt-6-astra': gpt6,
  'gpt-6.1-sol': gpt6,
  'gpt-6.1-terra': gpt6OrNone,
  'gpt-6-sol': gpt6OrNone,
  'gpt-6-luna': gpt6OrNone,
  'gpt-5.6-sol': gpt56,
  'gpt-5.6-terra': gpt56,
  'gpt-5.6-luna': gpt56,
  'gpt-5.5': gpt52,
  'gpt-5.4': gpt52,
  'gpt-5.4-mini': gpt52,
  'gpt-5.4-nano': gpt52,
  'gpt-5.2': gpt52,
  'gpt-5.1': reasoning('none', 'low', 'medium', 'high'),
  'gpt-5': gpt5,
  'gpt-5-mini': gpt5,
  'gpt-5-nano': gpt5,
  'gpt-4.1': plain,
  'gpt-4.1-mini': plain,
  'gpt-4.1-nano': plain,
  'gpt-4o': plain,
  'gpt-4o-mini': plain,
  'text-embedding-3-large': { embeddingDimensions: 3072 },
  'text-embedding-3-small': { embeddingDimensions: 1536 },
  'text-embedding-ada-002': { embeddingDimensions: 1536 },
}
