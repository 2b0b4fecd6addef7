import type { DialectName } from '../../dialect.ts'
import { anthropicWords } from './anthropic-words.ts'
import { bedrockWords } from './bedrock-words.ts'
import { geminiWords } from './gemini-words.ts'
import { openaiWords } from './openai-words.ts'
import type { ProviderWords } from './provider-words.ts'

/** The words in which a dialect's maker refuses. */
export const wordsOf: Readonly<Record<DialectName, ProviderWords>> = {
  'openai-chat': openaiWords,
  'openai-responses': openaiWords,
  'anthropic-messages': anthropicWords,
  gemini: geminiWords,
  'bedrock-converse': bedrockWords,
}
