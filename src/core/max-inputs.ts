import type { Dialect } from './dialect.ts'

/**
 * The most texts that one request for vectors takes, in the dialects that have them (the providers' documents, November 2026).
 * OpenAI takes at most 300,000 tokens in one request too, all texts together.
 */
export const maxInputs = {
  'openai-chat': 2048,
  'openai-responses': 2048,
  gemini: 100,
} as const satisfies Partial<Record<Dialect, number>>

/** The same for a dialect that may have none. */
export function maxInputsOf(dialect: Dialect): number | undefined {
  return (maxInputs as Partial<Record<Dialect, number>>)[dialect]
}
