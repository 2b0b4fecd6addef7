/** What an embedding model can do. */
export interface EmbeddingModel {
  readonly dimensions: number
  /** Whether a caller may ask for shorter vectors. */
  readonly shortens: boolean
  /** The longest text, in tokens. */
  readonly maxTokens: number
  /** Whether a reply says what was used, where the dialect leaves it to the model. */
  readonly tellsUsage: boolean
}

/** The models that give vectors and no answers, by exact name. */
const models: Readonly<Record<string, EmbeddingModel>> = {
  'sim-embed': { dimensions: 256, shortens: true, maxTokens: 8192, tellsUsage: true },
  'text-embedding-3-small': { dimensions: 1536, shortens: true, maxTokens: 8192, tellsUsage: true },
  'text-embedding-3-large': { dimensions: 3072, shortens: true, maxTokens: 8192, tellsUsage: true },
  'text-embedding-ada-002': { dimensions: 1536, shortens: false, maxTokens: 8192, tellsUsage: true },
  'amazon.titan-embed-text-v2:0': { dimensions: 1024, shortens: true, maxTokens: 8192, tellsUsage: true },
  'cohere.embed-english-v3': { dimensions: 1024, shortens: false, maxTokens: 512, tellsUsage: false },
  'cohere.embed-v4:0': { dimensions: 1536, shortens: true, maxTokens: 128_000, tellsUsage: false },
  'gemini-embedding-001': { dimensions: 3072, shortens: true, maxTokens: 2048, tellsUsage: false },
  'text-embedding-005': { dimensions: 768, shortens: true, maxTokens: 2048, tellsUsage: true },
  'text-multilingual-embedding-002': { dimensions: 768, shortens: true, maxTokens: 2048, tellsUsage: true },
}

/** What is known of an embedding model; nothing for any other. */
export function embeddingModel(name: string): EmbeddingModel | undefined {
  return Object.hasOwn(models, name) ? models[name] : undefined
}
