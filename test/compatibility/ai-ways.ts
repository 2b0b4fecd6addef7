import type { createAnthropic } from '@ai-sdk/anthropic'
import type { createGoogle } from '@ai-sdk/google'
import type { createOpenAI } from '@ai-sdk/openai'
import type { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { type AiKit, type AiWay, aiClient } from './ai-client.ts'
import type { Client } from './client.ts'
import { asGemini3 } from './targets.ts'

/** A major of `ai`, and the provider packages that go with it. */
export interface AiMajor extends Pick<AiWay, 'picture'> {
  readonly major: 6 | 7
  readonly kit: AiKit
  packageOf(name: 'openai' | 'anthropic' | 'google' | 'openai-compatible'): string
  readonly openai: typeof createOpenAI
  readonly anthropic: typeof createAnthropic
  readonly google: typeof createGoogle
  readonly compatible?: typeof createOpenAICompatible
}

const helpers =
  '`generateText` and `streamText` with tools and `stopWhen`, `Output.object`, `abortSignal`. `ai` does not read `x-should-retry`: set `maxRetries: 0`, for the seam has retried.'

/** The ways by which `ai` reaches the gateway: its provider packages. */
export function aiWays({ major, kit, packageOf, picture, openai, anthropic, google, compatible }: AiMajor): Client[] {
  const core = major === 7 ? 'ai' : 'ai6'
  const common = { kit, picture, maxRetries: 0 }
  const ways: AiWay[] = [
    {
      ...common,
      name: `ai ${major}, by its OpenAI provider`,
      packages: [core, packageOf('openai')],
      about: `The provider's \`responses\` models, which are its default. By ${helpers}`,
      model: ({ url, model }, behaviour) =>
        openai({ baseURL: `${url}/v1`, apiKey: 'none' }).responses(model(behaviour)),
      always: { openai: { store: false } },
      think: {
        openai: { store: false, forceReasoning: true, reasoningEffort: 'high', reasoningSummary: 'auto' },
      },
    },
    {
      ...common,
      name: `ai ${major}, by its Anthropic provider`,
      packages: [core, packageOf('anthropic')],
      about: `By ${helpers}`,
      model: ({ url, model }, behaviour) => anthropic({ baseURL: `${url}/v1`, apiKey: 'none' })(model(behaviour)),
      think: { anthropic: { thinking: { type: 'enabled', budgetTokens: 2_048 } } },
    },
    {
      ...common,
      name: `ai ${major}, by its Google provider`,
      packages: [core, packageOf('google')],
      about: `The alias is called \`${asGemini3}…\`: for models of any other name the provider sends the picture of a tool in place of its result. By ${helpers}`,
      model: ({ url, model }, behaviour) =>
        google({ baseURL: `${url}/v1beta`, apiKey: 'none' })(`${asGemini3}${model(behaviour)}`),
      think: { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2_048 } } },
    },
  ]
  if (compatible) {
    ways.push({
      ...common,
      name: `ai ${major}, by its OpenAI-compatible provider`,
      packages: [core, packageOf('openai-compatible')],
      about: `With \`supportsStructuredOutputs\` and \`includeUsage\`. By ${helpers}`,
      model: ({ url, model }, behaviour) =>
        compatible({
          name: 'inseam',
          baseURL: `${url}/v1`,
          apiKey: 'none',
          supportsStructuredOutputs: true,
          includeUsage: true,
        })(model(behaviour)),
      think: { inseam: { reasoningEffort: 'high' } },
      noPicture: 'The provider writes the picture into the result as JSON text.',
    })
  }
  return ways.map(aiClient)
}
