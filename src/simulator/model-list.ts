import type { CapabilitySupport, ModelCapabilities, ModelInfo } from '@anthropic-ai/sdk/resources/models'
import type { Model } from 'openai/resources/models'
import { pricedModels } from './books/prices.ts'
import type { DialectName } from './dialect.ts'
import { embeddingModel } from './embeddings/embedding-models.ts'
import { invalid, type Problem } from './problem.ts'

const createdAt = '2026-01-01T00:00:00Z'

/** Which models are asked about. */
export interface ModelQuestion {
  /** One of them; all where it is empty. */
  readonly id: string
  readonly query: URLSearchParams
  /** The models that the scenario takes away. */
  readonly unknown: readonly string[]
}

/** One model, or a page of them, as the dialect's maker sends it; a problem where there is none. */
export function listModels(dialect: DialectName, question: ModelQuestion): object | { readonly problem: Problem } {
  if (dialect === 'anthropic-messages') return anthropicModels(question)
  return dialect === 'gemini' ? geminiModels(question) : openaiModels(question)
}

/** The simulated models, then those of the dialect's own maker. */
function names(own: RegExp, unknown: readonly string[]): string[] {
  return pricedModels.filter((name) => (name.startsWith('sim-') || own.test(name)) && !unknown.includes(name))
}

function openaiModels({ id, unknown }: ModelQuestion): object | { readonly problem: Problem } {
  const models = names(/^(gpt|gemini|text-embedding)-/, unknown)
  const data = models.map(
    (id): Model => ({ id, object: 'model', created: Date.parse(createdAt) / 1000, owned_by: 'simulator' }),
  )
  if (id === '') return { object: 'list', data }
  return data.find((model) => model.id === id) ?? { problem: absent(`The model '${id}' does not exist`) }
}

function geminiModels({ id, query, unknown }: ModelQuestion): object | { readonly problem: Problem } {
  const models = names(/^gemini-/, unknown).map((id) => ({
    name: `models/${id}`,
    version: '001',
    displayName: id,
    ...(embeddingModel(id) ? vectorModel : answerModel),
  }))
  if (id !== '') {
    const found = models.find(({ name }) => name === `models/${id}`)
    return found ?? { problem: absent(`models/${id} is not found for API version v1beta.`) }
  }
  const size = Number(query.get('pageSize') ?? 50)
  const start = Number(query.get('pageToken') ?? 0)
  if (!Number.isInteger(size) || size < 0) return { problem: invalid("Invalid value at 'page_size' (TYPE_INT32)") }
  if (!Number.isInteger(start) || start < 0) return { problem: invalid('The page token is invalid.') }
  const end = start + Math.min(size === 0 ? 50 : size, 1000)
  return { models: models.slice(start, end), ...(end < models.length && { nextPageToken: String(end) }) }
}

const answerModel = {
  inputTokenLimit: 1_048_576,
  outputTokenLimit: 65_536,
  supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
  thinking: true,
}
const vectorModel = {
  inputTokenLimit: 2048,
  outputTokenLimit: 1,
  supportedGenerationMethods: ['embedContent', 'batchEmbedContents'],
}

function anthropicModels({ id, query, unknown }: ModelQuestion): object | { readonly problem: Problem } {
  const models = names(/^claude-/, unknown)
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
        capabilities,
        max_input_tokens: 200_000,
        max_tokens: 64_000,
      }),
    )
  if (id !== '') return models.find((model) => model.id === id) ?? { problem: absent(`model: ${id}`) }
  const limit = Number(query.get('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    return { problem: invalid('limit: Input should be between 1 and 1000') }
  }
  const start = models.findIndex((model) => model.id === query.get('after_id')) + 1
  const data = models.slice(start, start + limit)
  const ids = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
  return { data, ...ids, has_more: start + limit < models.length }
}

const yes: CapabilitySupport = { supported: true }
const no: CapabilitySupport = { supported: false }

/** What the simulator does of what Anthropic's models do. */
const capabilities: ModelCapabilities = {
  batch: no,
  citations: no,
  code_execution: no,
  context_management: {
    supported: false,
    clear_thinking_20251015: no,
    clear_tool_uses_20250919: no,
    compact_20260112: no,
  },
  effort: { supported: true, low: yes, medium: yes, high: yes, xhigh: yes, max: yes },
  image_input: yes,
  pdf_input: yes,
  server_tools: { supported: false, code_execution: no, web_search: no },
  structured_outputs: yes,
  thinking: { supported: true, types: { adaptive: yes, between_tools: no, disabled: yes, enabled: yes } },
}

function absent(message: string): Problem {
  return { kind: 'not-found', message }
}
