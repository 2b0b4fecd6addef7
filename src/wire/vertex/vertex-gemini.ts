import type { TargetCodec } from '../codec.ts'
import { gemini } from '../gemini/index.ts'
import { countTokens } from './count-tokens.ts'
import { embeddings } from './embeddings.ts'

/** Gemini on Vertex AI, below a base URL that ends with `/publishers/google`. It embeds in other words than the Gemini API. */
export const vertexGemini: TargetCodec = {
  ...gemini,
  operations: [countTokens, embeddings],
}
