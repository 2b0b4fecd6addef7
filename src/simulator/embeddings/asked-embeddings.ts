import type { Ask } from '../ask.ts'
import { countTokens } from '../books/count-tokens.ts'
import { embedText } from './embed-text.ts'
import { type EmbeddingModel, embeddingModel } from './embedding-models.ts'

/** What a request for vectors asks, as the books and faults read every request. */
export function askForVectors(texts: readonly string[], dimensions: number | undefined, inBase64 = false): Ask {
  return {
    instructions: '',
    turns: texts.map((text) => ({ role: 'user', text })),
    tools: [],
    toolChoice: { type: 'auto' },
    parallelTools: true,
    format: { type: 'text' },
    maxOutputTokens: 0,
    stopSequences: [],
    choices: 0,
    thinking: { mode: 'none', budgetTokens: 0 },
    streamed: false,
    usageInStream: false,
    prompt: texts.map((text) => ({ text, tokens: countTokens(text) })),
    vectors: { texts, inBase64, ...(dimensions !== undefined && { dimensions }) },
  }
}

/** The vectors that were asked for, in order. */
export function vectorsOf({ vectors }: Ask, model: string): number[][] {
  const { texts = [], dimensions = modelOf(model).dimensions } = vectors ?? {}
  return texts.map((text) => embedText(text, model, dimensions))
}

/** A model that nobody knows gives vectors too, as a host of its own would. */
export function modelOf(name: string): EmbeddingModel {
  return embeddingModel(name) ?? { dimensions: 256, shortens: true, maxTokens: 8192, tellsUsage: true }
}
