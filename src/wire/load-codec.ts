import type { Dialect } from '../core/dialect.ts'
import type { TargetCodec } from './codec.ts'
import type { Hosting } from './hosting.ts'

/** Loads the codec of a dialect, as a cloud speaks it where one is named: a program that talks to one provider loads one. */
export async function loadCodec(dialect: Dialect, hosting?: Hosting): Promise<TargetCodec> {
  const codec = await loaders[dialect]()
  switch (hosting?.type) {
    case undefined:
      return codec
    case 'azure':
      return (await import('./azure/azure-deployments.ts')).azureDeployments(codec, hosting.apiVersion)
    case 'vertex':
      return dialect === 'gemini'
        ? (await import('./vertex/vertex-gemini.ts')).vertexGemini
        : (await import('./vertex/vertex-anthropic.ts')).vertexAnthropic
  }
}

const loaders: Readonly<Record<Dialect, () => Promise<TargetCodec>>> = {
  'openai-chat': async () => (await import('./openai-chat/index.ts')).openaiChat,
  'openai-responses': async () => (await import('./openai-responses/index.ts')).openaiResponses,
  'anthropic-messages': async () => (await import('./anthropic-messages/index.ts')).anthropicMessages,
  gemini: async () => (await import('./gemini/index.ts')).gemini,
  'bedrock-converse': async () => (await import('./bedrock-converse/index.ts')).bedrockConverse,
}
