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

/** An embedding model of Bedrock, where whose model it is says what a request looks like. */
interface BedrockVectors {
  readonly maker: 'titan' | 'cohere'
  readonly maxInputs: number
  /** Whether it can be asked for shorter vectors. */
  readonly shortens: boolean
}

/** What an id, or an ARN that ends with one, says of an embedding model of Bedrock; undefined for any other. */
export function bedrockVectors(model: string): BedrockVectors | undefined {
  const id = model.slice(model.lastIndexOf('/') + 1)
  const [, titan, cohere] =
    /^(?:[a-z-]+\.)?(?:amazon\.titan-embed-(text-v\d|g1-text)|cohere\.embed-(.+))/.exec(id) ?? []
  if (titan) return { maker: 'titan', maxInputs: 1, shortens: titan === 'text-v2' }
  return cohere ? { maker: 'cohere', maxInputs: 96, shortens: !cohere.endsWith('v3') } : undefined
}

/** The most texts that a model takes in one request in a dialect; undefined where it gives no vectors. */
export function maxInputsOf(dialect: Dialect, model: string): number | undefined {
  if (dialect === 'bedrock-converse') return bedrockVectors(model)?.maxInputs
  return (maxInputs as Partial<Record<Dialect, number>>)[dialect]
}

/** What one request for vectors may hold at Vertex AI. */
interface VertexVectors {
  readonly maxInputs: number
  /** All texts together, as an estimate that leaves room below the 20,000 that it takes. */
  readonly maxInputTokens: number
}

/**
 * What a model of Google's takes in one request at Vertex AI (its page "Get text embeddings", November 2026); undefined where it
 * gives no vectors at `:predict`, as `gemini-embedding-2` does not.
 */
export function vertexVectors(model: string): VertexVectors | undefined {
  if (model === 'gemini-embedding-001') return { maxInputs: 1, maxInputTokens: 16_000 }
  return /^text-(?:multilingual-)?embedding-\d{3}$/.test(model) ? { maxInputs: 250, maxInputTokens: 16_000 } : undefined
}
