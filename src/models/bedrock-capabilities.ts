import type { ModelCapabilities } from '../core/capabilities.ts'

const olderClaude: ModelCapabilities = {
  imageInput: true,
  pdfInput: true,
  audioInput: false,
  tools: true,
  structuredOutput: false,
  thinking: true,
  thinkingModes: ['budget', 'off'],
  efforts: [],
  sampling: true,
}
const words = { imageInput: false, pdfInput: false, tools: true, sampling: true } as const satisfies ModelCapabilities
const nova: ModelCapabilities = {
  imageInput: true,
  pdfInput: true,
  tools: true,
  structuredOutput: false,
  thinking: false,
  efforts: [],
  sampling: true,
}
const llama: ModelCapabilities = { ...words, structuredOutput: false, thinking: false, efforts: [] }
const llamaSeeing: ModelCapabilities = { ...llama, imageInput: true }
const mistral: ModelCapabilities = { ...words, structuredOutput: true, thinking: false, efforts: [] }
const mistralSeeing: ModelCapabilities = { ...mistral, imageInput: true }
const gptOss: ModelCapabilities = {
  ...words,
  structuredOutput: true,
  thinking: true,
  efforts: ['low', 'medium', 'high'],
}

/**
 * Of Bedrock's models those that their makers serve elsewhere by other names, or not at all: as LiteLLM 1.109.1 and models.dev
 * (2026-07-02) declare them. Structured output: AWS's page on it (userguide/structured-output), which names neither Nova nor Llama.
 */
export const bedrockCapabilities: Readonly<Record<string, ModelCapabilities>> = {
  'anthropic.claude-opus-4-1-20250805-v1:0': olderClaude,
  'anthropic.claude-opus-4-20250514-v1:0': olderClaude,
  'anthropic.claude-sonnet-4-20250514-v1:0': olderClaude,
  'amazon.nova-micro-v1:0': { ...nova, imageInput: false, pdfInput: false },
  'amazon.nova-lite-v1:0': nova,
  'amazon.nova-pro-v1:0': nova,
  'amazon.nova-premier-v1:0': nova,
  'amazon.nova-2-lite-v1:0': { ...nova, thinking: true, efforts: ['low', 'medium', 'high'] },
  'meta.llama4-maverick-17b-instruct-v1:0': llamaSeeing,
  'meta.llama4-scout-17b-instruct-v1:0': llamaSeeing,
  'meta.llama3-3-70b-instruct-v1:0': llama,
  'meta.llama3-2-90b-instruct-v1:0': llamaSeeing,
  'meta.llama3-2-11b-instruct-v1:0': llamaSeeing,
  'meta.llama3-2-3b-instruct-v1:0': llama,
  'meta.llama3-2-1b-instruct-v1:0': llama,
  'meta.llama3-1-405b-instruct-v1:0': llama,
  'meta.llama3-1-70b-instruct-v1:0': llama,
  'meta.llama3-1-8b-instruct-v1:0': llama,
  'mistral.mistral-large-3-675b-instruct': mistralSeeing,
  'mistral.devstral-2-123b': mistral,
  'mistral.magistral-small-2509': { ...mistralSeeing, thinking: true },
  'mistral.ministral-3-14b-instruct': mistralSeeing,
  'mistral.ministral-3-8b-instruct': mistralSeeing,
  'mistral.ministral-3-3b-instruct': mistralSeeing,
  'mistral.pixtral-large-2502-v1:0': { ...mistralSeeing, structuredOutput: false },
  'mistral.mistral-large-2402-v1:0': { ...mistral, structuredOutput: false },
  'mistral.mistral-small-2402-v1:0': { ...mistral, structuredOutput: false },
  'openai.gpt-oss-120b-1:0': gptOss,
  'openai.gpt-oss-20b-1:0': gptOss,
  'amazon.titan-embed-text-v2:0': { embeddingDimensions: 1024 },
  'amazon.titan-embed-text-v1': { embeddingDimensions: 1536 },
  'cohere.embed-english-v3': { embeddingDimensions: 1024 },
  'cohere.embed-multilingual-v3': { embeddingDimensions: 1024 },
  'cohere.embed-v4:0': { embeddingDimensions: 1536 },
}
