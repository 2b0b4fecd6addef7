import type { ProviderConfig } from './config.ts'
import type { ModelCapabilities } from './core/capabilities.ts'
import type { Tongue } from './core/dialect.ts'
import { maxInputsOf, vertexVectors } from './core/max-inputs.ts'
import type { StructureAsked } from './core/moment.ts'
import type { OwnProvider, Provider } from './core/provider.ts'
import type { Target } from './core/target.ts'
import { capabilitiesOf, modelOfArn, structureOfModel } from './models/index.ts'
import { openProvider } from './open-provider.ts'
import { estimatingCounts } from './providers/estimate-count.ts'
import { promptCacheOf } from './providers/prompt-cache-of.ts'

/** A provider at work, and what is known of its models. */
export interface ServedProvider {
  readonly client: Provider
  readonly dialect: Tongue
  has(model: string): boolean
  structureOf(model: string): StructureAsked
  standsFor(model: string): Target['standsFor']
  readonly priceFactor?: number
  readonly region?: string
  readonly breaker?: Target['breaker']
  readonly limits?: Target['limits']
  readonly drainTokens?: number
  maxInputsOf(model: string): number | undefined
  maxInputTokensOf(model: string): number | undefined
  capabilitiesOf(model: string): ModelCapabilities
  promptCacheOf(model: string): Target['promptCache']
}

/** A provider of the configuration. Connects with the first call. */
export function configuredProvider(provider: ProviderConfig, secrets: readonly string[]): ServedProvider {
  return {
    client: openProvider(provider, secrets),
    dialect: provider.dialect,
    has: () => true,
    structureOf: (model) => structureOf(provider, model),
    standsFor: (model) => standsFor(provider, model),
    priceFactor: provider.priceFactor,
    region: provider.aws?.region,
    breaker: provider.breaker,
    limits: provider.limits,
    drainTokens: provider.drainTokens,
    maxInputsOf: (model) => textsTaken(provider, model),
    maxInputTokensOf: (model) => (isVertexGemini(provider) ? vertexVectors(model)?.maxInputTokens : undefined),
    capabilitiesOf: (model) => canDo(provider, model),
    promptCacheOf: (model) => promptCacheOf(provider, standsFor(provider, model) ?? model),
  }
}

/** The program's own provider, which is closed with the seam and not with the configuration. */
export function ownProvider(provider: OwnProvider): ServedProvider {
  const { dialect, models, countsTokens = false, maxInputs } = provider
  return {
    client: countsTokens ? provider : estimatingCounts(provider),
    dialect,
    has: (model) => models.includes(model),
    structureOf: () => 'native',
    standsFor: () => undefined,
    maxInputsOf: (model) => maxInputs?.(model),
    maxInputTokensOf: () => undefined,
    // The names of its models are the program's own, and say nothing.
    capabilitiesOf: () => ({}),
    promptCacheOf: () => undefined,
  }
}

const structures = {
  json_schema: 'native',
  tool: 'tool',
  json_object: 'json-mode',
  none: 'instructions',
} as const

/** What the operator or the catalogue says of the host; where that is all that it takes, what is known of the model. */
function structureOf(provider: ProviderConfig, model: string): StructureAsked {
  const { structuredOutput } = provider.quirks
  if (structuredOutput !== undefined) return structures[structuredOutput]
  return structureOfModel(standsFor(provider, model) ?? model) ?? 'native'
}

/** A deployment is a name that the operator chose, and says nothing of the model behind it. */
function standsFor({ deployments, dialect }: ProviderConfig, model: string): Target['standsFor'] {
  if (!deployments) return dialect === 'bedrock-converse' ? modelOfArn(model) : undefined
  return Object.hasOwn(deployments, model) ? deployments[model] : null
}

/** What is known of the model, less what its host keeps it from. */
function canDo(provider: ProviderConfig, model: string): ModelCapabilities {
  const known = standsFor(provider, model)
  return {
    ...(known === null ? {} : capabilitiesOf(known ?? model)),
    ...(structureOf(provider, model) !== 'native' && { structuredOutput: false }),
    ...(provider.quirks.rejectsSampling && { sampling: false }),
  }
}

/** The most texts in one request for vectors; undefined where the host gives none, or the model is known to give none. */
function textsTaken(provider: ProviderConfig, model: string): number | undefined {
  if (canDo(provider, model).embeds === false) return undefined
  const { quirks, dialect } = provider
  if (quirks.maxInputs !== undefined) return quirks.maxInputs || undefined
  if (isVertexGemini(provider)) return vertexVectors(model)?.maxInputs
  return maxInputsOf(dialect, standsFor(provider, model) ?? model)
}

function isVertexGemini({ hosting, dialect }: ProviderConfig): boolean {
  return hosting?.type === 'vertex' && dialect === 'gemini'
}
