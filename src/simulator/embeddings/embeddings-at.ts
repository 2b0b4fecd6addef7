import type { Dialect } from '../dialect.ts'
import type { Addressed } from '../gemini/address.ts'
import { geminiBatchEmbeddings, geminiEmbedding } from './gemini-embeddings.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'

/** Who gives vectors at a place, and what the path says of the model. */
export interface EmbeddingsPlace {
  readonly dialect: Dialect
  readonly addressed?: Addressed
}

const place = /^\/v1(?:beta)?\/models\/(.+):(embedContent|batchEmbedContents)$/

/** Where vectors are asked for; nothing for any other path. */
export function embeddingsAt(path: string): EmbeddingsPlace | undefined {
  if (path === '/v1/embeddings') return { dialect: openaiEmbeddings }
  const [, model = '', method] = place.exec(path) ?? []
  if (method === undefined) return undefined
  const dialect = method === 'embedContent' ? geminiEmbedding : geminiBatchEmbeddings
  return {
    dialect,
    addressed: {
      model: /%(?![\da-f]{2})/i.test(model) ? model : decodeURIComponent(model),
      streamed: false,
      counts: false,
    },
  }
}
