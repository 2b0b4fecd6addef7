import type { ModelInfo } from '@anthropic-ai/sdk/resources/models'
import type { Model } from 'openai/resources/models'
import { pricedModels } from './books/prices.ts'
import { embeddingModel } from './embeddings/embedding-models.ts'

const createdAt = '2026-01-01T00:00:00Z'

/** The simulated models, then those of the dialect's own maker. */
function names(own: RegExp, unknown: readonly string[]): string[] {
  return pricedModels.filter((name) => (name.startsWith('sim-') || own.test(name)) && !unknown.includes(name))
}

/** The model list as OpenAI sends it. */
export function openaiModels(unknown: readonly string[]): object {
  const data = names(/^(gpt|gemini|text-embedding)-/, unknown).map(
    (id): Model => ({ id, object: 'model', created: Date.parse(createdAt) / 1000, owned_by: 'simulator' }),
  )
  return { object: 'list', data }
}

/** The model list as Google sends it. */
export function geminiModels(unknown: readonly string[]): object {
  const models = names(/^gemini-/, unknown).map((id) => ({
    name: `models/${id}`,
    version: '001',
    displayName: id,
    ...(embeddingModel(id) ? vectorModel : answerModel),
  }))
  return { models }
}

const answerModel = {
  inputTokenLimit: 1_048_576,
  outputTokenLimit: 65_536,
  supportedGenerationMethods: ['generateContent', 'streamGenerateContent'],
}
const vectorModel = {
  inputTokenLimit: 2048,
  outputTokenLimit: 1,
  supportedGenerationMethods: ['embedContent', 'batchEmbedContents'],
}

/** The model list as Anthropic sends it. */
export function anthropicModels(unknown: readonly string[]): object {
  const data = names(/^claude-/, unknown)
    .filter((id) => !embeddingModel(id))
    .map(
      (id): ModelInfo => ({
        id,
        type: 'model',
        display_name: id,
        created_at: createdAt,
        lifecycle: 'active',
        deprecated_at: null,
        retires_at: null,
        line: null,
        capabilities: null,
        max_input_tokens: 200_000,
        max_tokens: 64_000,
      }),
    )
  return { data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: false }
}
