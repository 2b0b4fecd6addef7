import type { CachePolicy, RetryPolicy, Timeouts } from '../core/alias.ts'
import type { HoldBack, OnInterrupted } from '../core/commit.ts'
import type { Dialect } from '../core/dialect.ts'
import type { HedgePolicy } from '../core/hedge.ts'
import type { PassageLimits } from '../core/passage.ts'
import type { PromptCachePolicy } from '../core/prompt-cache.ts'
import type { Translation } from '../core/request.ts'
import type { Auth } from '../providers/catalogue.ts'
import type { Quirks } from '../wire/codec.ts'
import type { Hosting } from '../wire/hosting.ts'

/** Everything that operators decide, read, checked and resolved: plain data without a default left to fill in. */
export interface Config {
  /** The path of the file, or `defaults`. */
  readonly source: string
  readonly providers: readonly ProviderConfig[]
  readonly aliases: readonly AliasConfig[]
  readonly gateway: GatewayConfig
  /** `false`: there is no page. */
  readonly admin: AdminConfig | false
  readonly cache: CacheConfig
  readonly events: EventsConfig
  /** Absolute paths of files and folders with the features that the gateway serves as models. */
  readonly features: readonly string[]
  /** The translation of models that no alias names, and of aliases that say nothing of it. */
  readonly translation: Translation
  /** Prices that override the price book, by `provider/model` or by model. Without a prototype: any name is safe to look up. */
  readonly prices: Readonly<Record<string, PriceConfig>>
}

/** A provider: a host, the dialect that it speaks and the credential for it. */
export interface ProviderConfig {
  readonly name: string
  /** Its entry in the catalogue, or `custom`. */
  readonly kind: string
  readonly dialect: Dialect
  /** The base URL, without a trailing slash. */
  readonly url: string
  readonly auth: Auth
  /** The secret itself. Absent where `auth` is `none` or makes what it shows. */
  readonly key?: string
  /** The JSON of a service account's key, a secret. Absent: the application default credentials, where `auth` is `google`. */
  readonly credentials?: string
  /** Who signs for AWS. Present where `auth` is `aws`. */
  readonly aws?: AwsAccount
  /** How addresses and bodies differ from the dialect's own. Absent: not at all. */
  readonly hosting?: Hosting
  /** How many times its published price a model costs here. Absent: once. */
  readonly priceFactor?: number
  /** The model that each name stands for, where names are the operator's own. Absent: names are the models' own. */
  readonly deployments?: Readonly<Record<string, string>>
  /** Sent with every request; names in lower case. Their values count as secrets. */
  readonly headers: Readonly<Record<string, string>>
  readonly quirks: Quirks
  /** Model ids that resolve to this provider when they are named alone. */
  readonly models: readonly string[]
  /** Absent: the provider's own default. */
  readonly maxConnections?: number
}

/** An account of AWS. */
export interface AwsAccount {
  readonly region: string
  /** Two of them are secrets. Absent: whatever AWS's own chain of credentials finds at run time. */
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
}

/** Where an alias leads. */
export interface TargetConfig {
  readonly provider: string
  readonly model: string
  /** Its share where the order is `weighted`; 1 where nothing else was said. */
  readonly weight: number
}

/** How calls are made where the alias says nothing else. */
export interface AliasPolicy {
  /** `priority`: in the order given. `weighted`: drawn by weight, the rest as fallbacks. */
  readonly order: 'priority' | 'weighted'
  readonly timeouts: Timeouts
  readonly retry: RetryPolicy
  /** Identical calls in flight share one upstream call. */
  readonly coalesce: boolean
  /** Whether features' prompts are marked for the provider's prompt cache, where it wants marks. */
  readonly promptCache: PromptCachePolicy
  /** What becomes of a request that a target's dialect cannot say whole. */
  readonly translation: Translation
  /** What becomes of a stream that breaks after its first content was passed on. */
  readonly onInterrupted: OnInterrupted
}

/** The name that features use for a model, and what stands behind it. */
export interface AliasConfig extends AliasPolicy {
  readonly name: string
  /** At least one; each names a configured provider. */
  readonly targets: readonly TargetConfig[]
  /** Absent: no limit is injected. */
  readonly maxOutputTokens?: number
  /** Absent: no second target is asked while the first is waited for. */
  readonly hedge?: HedgePolicy
  /** Absent: the first content of a stream is passed on at once. */
  readonly holdBack?: HoldBack
  /** Absent: replies are not cached. */
  readonly cache?: CachePolicy
}

/** The HTTP door. */
export interface GatewayConfig {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Empty: no key is asked for, which is possible on a loopback address only. */
  readonly keys: readonly GatewayKeyConfig[]
  readonly maxBodyBytes: number
  /** Limits of what is passed to a provider as it is. */
  readonly passThrough: PassageLimits
  /** How long calls in flight may go on after the gateway was told to stop. */
  readonly drainTimeoutMs: number
}

/** A key that clients of the gateway present, and what it opens. */
export interface GatewayKeyConfig {
  /** What events call it; no secret. */
  readonly name: string
  /** The secret itself. */
  readonly key: string
  /** The tenant on whose behalf it calls. */
  readonly tenant?: string
  /** The features that it may name, and call as `feature/NAME`. Absent: any. */
  readonly features?: readonly string[]
  /** The aliases and models that it may call. Absent: any. A feature that it may call needs no alias here. */
  readonly aliases?: readonly string[]
  /** The providers whose whole API it may reach; `true`: all. Absent: none. */
  readonly passThrough?: boolean | readonly string[]
}

/** The listener of the page. */
export interface AdminConfig {
  readonly host: string
  /** 0: any free port. Absent: 4001, or the next one that is free. */
  readonly port?: number
  /** The secret that opens it. Absent: a new one at each start, which is possible on a loopback address only. */
  readonly token?: string
}

/** Where cached replies are kept. */
export interface CacheConfig {
  readonly store: 'memory'
  readonly maxBytes: number
}

/** Where events are kept. */
export interface EventsConfig {
  readonly store: 'sqlite' | 'memory' | 'none'
  /** The database file; used by `sqlite` alone. */
  readonly path: string
  /** Whether events carry what was asked and answered. */
  readonly keepContent: boolean
}

/** What a model costs, in USD per million tokens. */
export interface PriceConfig {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
}
