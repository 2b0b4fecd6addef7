import type { ModelCapabilities } from '../core/capabilities.ts'
import { anthropicCapabilities } from './anthropic-capabilities.ts'
import { bedrockCapabilities } from './bedrock-capabilities.ts'
import { googleCapabilities } from './google-capabilities.ts'
import { findModel, withoutScript } from './known-models.ts'
import { openaiCapabilities } from './openai-capabilities.ts'

/** The simulator takes what it is sent. Its limits are invented. */
const simulated: ModelCapabilities = {
  contextTokens: 200_000,
  maxOutputTokens: 64_000,
  imageInput: true,
  pdfInput: true,
  audioInput: true,
  tools: true,
  parallelTools: true,
  structuredOutput: true,
  thinking: true,
  thinkingModes: ['adaptive', 'budget', 'off'],
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  sampling: true,
}

const known: ReadonlyMap<string, ModelCapabilities> = new Map([
  ...Object.entries(anthropicCapabilities),
  ...Object.entries(openaiCapabilities),
  ...Object.entries(googleCapabilities),
  ...Object.entries(bedrockCapabilities),
  ['sim-small', simulated],
  ['sim-large', simulated],
  ['sim-embed', { embeddingDimensions: 256 }],
])

/**
 * What is known of a model, by its exact id or one of its listed aliases; empty for any other name, however similar. Limits are those
 * of the price book's tables; whoever has a price for reading its cache has one.
 */
export function capabilitiesOf(model: string): ModelCapabilities {
  const facts = findModel(model)
  const { contextTokens, maxOutputTokens, prices = [] } = facts ?? {}
  return {
    ...(contextTokens !== undefined && { contextTokens }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(facts && { embeds: facts.embeds ?? false }),
    ...(prices.some(({ cacheRead }) => cacheRead !== undefined) && { promptCaching: true }),
    ...known.get(facts?.sameAs ?? facts?.id ?? withoutScript(model)),
  }
}
