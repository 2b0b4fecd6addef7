import type { BreakerPolicy } from './breaker-policy.ts'
import type { Tongue } from './dialect.ts'
import type { StructureAsked } from './moment.ts'
import type { TargetPromptCache } from './prompt-cache.ts'
import type { ProviderLimits } from './provider-limits.ts'

/** Where an attempt goes: a provider, one of its models, its credential. Plain data; the assembly knows which provider serves it. */
export interface Target {
  /** `provider/model`. */
  readonly name: string
  /** The provider's name in the configuration. */
  readonly provider: string
  readonly model: string
  /** The model that the name stands for, where the operator named it anew: its facts and prices hold. Null: nobody said which. Default `model`. */
  readonly standsFor?: string | null
  /** How many times its published price a model costs here. Default 1. */
  readonly priceFactor?: number
  /** The cloud's region that is asked, where prices depend on it. */
  readonly region?: string
  readonly dialect: Tongue
  /** Which credential it uses, as a label that is no secret. A breaker opens per provider, model and credential. */
  readonly credential: string
  /** The operator's own target in whose place it stands, with a key that the caller brought: the caller pays. */
  readonly insteadOf?: Target
  /** When its breaker opens, and how it closes. Absent: as is usual. */
  readonly breaker?: BreakerPolicy
  /** How many tokens more are read once the caller has left, for the books: it bills them all the same. Absent: it is cancelled. */
  readonly drainTokens?: number
  /** Its share among the targets of an alias that spreads by weight. */
  readonly weight: number
  /** The best way to ask it for JSON of a schema. Default `native`. */
  readonly structure?: StructureAsked
  /** The operator's own limits for the provider. Absent: none. */
  readonly limits?: ProviderLimits
  /** How it takes marks of the prompt cache. Absent: it takes none. */
  readonly promptCache?: TargetPromptCache
  /** How much its model takes and gives in one exchange, in tokens, where that is known. */
  readonly contextTokens?: number
  /** The most texts that it takes in one request for vectors. Absent: it cannot be asked for any. */
  readonly maxInputs?: number
  /** The most tokens, by estimate, that the texts of one such request may have together. Default 250,000. */
  readonly maxInputTokens?: number
}

/** The model behind a target's name, as far as the operator said it. */
export function modelOf({ model, standsFor }: Pick<Target, 'model' | 'standsFor'>): string {
  return standsFor ?? model
}
