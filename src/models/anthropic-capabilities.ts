import type { ModelCapabilities } from '../core/capabilities.ts'

/** What every model has. PDFs: "All active models support PDF processing" (Anthropic's page on PDFs). */
const common = {
  imageInput: true,
  pdfInput: true,
  audioInput: false,
  tools: true,
  parallelTools: true,
  structuredOutput: true,
  thinking: true,
} as const satisfies ModelCapabilities

/** Takes sampling parameters while it does not think, and so not whatever else is asked. */
const current = {
  ...common,
  thinkingModes: ['adaptive', 'budget', 'off'],
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  sampling: false,
} as const satisfies ModelCapabilities

/** Takes degrees of effort, but which ones is not declared. */
const opus46 = { ...common, thinkingModes: ['adaptive', 'budget', 'off'], sampling: true } as const
const older = { ...common, thinkingModes: ['budget', 'off'], efforts: [], sampling: true } as const

/**
 * As `@ai-sdk/anthropic` 4.0.105 declares its models (checked on 2026-11-23), by exact id; serial tool calls by
 * `disable_parallel_tool_use` of `@anthropic-ai/sdk` 1.12.
 */
export const anthropicCapabilities: Readonly<Record<string, ModelCapabilities>> = {
  'claude-opus-5-5': { ...current, thinkingModes: ['adaptive'] },
  'claude-opus-5': current,
  'claude-opus-4-8': current,
  'claude-opus-4-7': current,
  'claude-opus-4-6': opus46,
  'claude-opus-4-5': { ...common, thinkingModes: ['budget', 'off'], sampling: true },
  'claude-fable-5-2': { ...current, thinkingModes: ['adaptive'] },
  'claude-fable-5-1': { ...current, thinkingModes: ['adaptive'] },
  'claude-fable-5': { ...current, thinkingModes: ['adaptive'] },
  'claude-sonnet-5-5': { ...current, thinkingModes: ['adaptive', 'between-tools'] },
  'claude-sonnet-5': current,
  'claude-sonnet-4-6': opus46,
  'claude-sonnet-4-5': older,
  'claude-haiku-5-5': { ...current, thinkingModes: ['adaptive', 'off'] },
  'claude-haiku-4-5': older,
}
