import type { ModelCapabilities } from '../core/capabilities.ts'

const common = { imageInput: true, tools: true, structuredOutput: true } as const satisfies ModelCapabilities
/** Asked by `thinkingLevel`. */
const byLevel = { ...common, thinking: true } as const satisfies ModelCapabilities
const fromMinimal: ModelCapabilities = { ...byLevel, efforts: ['minimal', 'low', 'medium', 'high'] }
const fromLow: ModelCapabilities = { ...byLevel, efforts: ['low', 'medium', 'high'] }
/** Asked by `thinkingBudget`. */
const byBudget = { ...common, thinking: true, efforts: [] } as const satisfies ModelCapabilities

/**
 * As `@ai-sdk/google` 4.0.121 declares its models (checked on 2026-11-23), by exact id. It says nothing of sounds and PDFs: those that
 * have a price for sounds in, or that Google's page on them lists (gemini-2.5-pro), take them.
 */
export const googleCapabilities: Readonly<Record<string, ModelCapabilities>> = {
  'gemini-4-argon': fromMinimal,
  'gemini-4-carbon': fromMinimal,
  'gemini-3.8-flash': fromLow,
  'gemini-3.7-flash': fromLow,
  'gemini-3.6-flash': fromMinimal,
  'gemini-3.5-flash': fromMinimal,
  'gemini-3.5-flash-lite': fromMinimal,
  'gemini-3.1-pro-preview': fromLow,
  'gemini-3.1-flash-lite': { audioInput: true },
  'gemini-3-flash-preview': fromMinimal,
  'gemini-2.5-pro': { ...byBudget, audioInput: true },
  'gemini-2.5-flash': { ...byBudget, audioInput: true },
  'gemini-2.5-flash-lite': byBudget,
  'gemini-embedding-001': { embeddingDimensions: 3072 },
  'text-embedding-005': { embeddingDimensions: 768 },
  'text-multilingual-embedding-002': { embeddingDimensions: 768 },
}
