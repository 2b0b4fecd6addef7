import type { Dialect } from '../core/dialect.ts'
import type { TargetCodec } from './codec.ts'

/** Loads the codec of a dialect: a program that talks to one provider loads one. */
export function loadCodec(dialect: Dialect): Promise<TargetCodec> {
  return loaders[dialect]()
}

const loaders: Readonly<Record<Dialect, () => Promise<TargetCodec>>> = {
  'openai-chat': async () => (await import('./openai-chat/index.ts')).openaiChat,
  'openai-responses': async () => (await import('./openai-responses/index.ts')).openaiResponses,
  'anthropic-messages': async () => (await import('./anthropic-messages/index.ts')).anthropicMessages,
  gemini: async () => (await import('./gemini/index.ts')).gemini,
  'bedrock-converse': async () => (await import('./bedrock-converse/index.ts')).bedrockConverse,
}
