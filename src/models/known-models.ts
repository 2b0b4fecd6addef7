import { anthropicModels } from './anthropic-models.ts'
import { bedrockModels } from './bedrock-models.ts'
import { googleModels } from './google-models.ts'
import type { ModelFacts } from './model-facts.ts'
import { openaiModels } from './openai-models.ts'
import { simulatedModels } from './simulated-models.ts'

/** Every model that is known by name, priced or not. */
export const knownModels: readonly ModelFacts[] = [
  ...anthropicModels,
  ...openaiModels,
  ...googleModels,
  ...bedrockModels,
  ...simulatedModels,
]

const byName = new Map<string, ModelFacts>()
for (const model of knownModels) for (const name of [model.id, ...(model.aliases ?? [])]) byName.set(name, model)

/**
 * The facts about a model, by its exact id or one of its listed aliases; `undefined` for any other name, however similar.
 * `claude-sonnet-5-5` is not `claude-sonnet-5`.
 */
export function findModel(name: string): ModelFacts | undefined {
  return byName.get(withoutScript(name))
}

/** A simulated model's name without its script: `sim-small+stall@2` is `sim-small`. Any other name stays as it is. */
export function withoutScript(name: string): string {
  const plus = name.indexOf('+')
  return plus > 0 && name.startsWith('sim-') ? name.slice(0, plus) : name
}
