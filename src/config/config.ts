import type { CachePolicy, RetryPolicy, Timeouts } from '../core/alias.ts'
import type { BreakerPolicy } from '../core/breaker-policy.ts'
import type { Budget } from '../core/budget.ts'
import type { CallLimit } from '../core/call-limit.ts'
import type { HoldBack, OnInterrupted } from '../core/commit.ts'
import type { Dialect } from '../core/dialect.ts'
import type { HedgePolicy } from '../core/hedge.ts'
import type { LoadClass } from '../core/load-class.ts'
import type { PassageLimits } from '../core/passage.ts'
import type { PromptCachePolicy } from '../core/prompt-cache.ts'
import type { ProviderLimits } from '../core/provider-limits.ts'
import type { Translation } from '../core/request.ts'
import type { Auth } from '../providers/catalogue.ts'
import type { Quirks } from '../wire/codec.ts'
import type { Hosting } from '../wire/hosting.ts'

/** Everything that operators decide, read, checked and resolved: plain data without a default left to fill in. */
export interface Config {
  /** The path of the file, or `defaults`. */
  readonly source: string
  /** Absolute paths of the files that `${file:…}` names in it: where one changes, another configuration is meant. */
  readonly files: readonly string[]
  readonly providers: readonly ProviderConfig[]
  readonly aliases: readonly AliasConfig[]
  readonly gateway: GatewayConfig
  /** `false`: there is no page. */
  readonly admin: AdminConfig | false
  readonly limits: readonly CallLimit[]
  /** Absent: there is none, and each process counts limits for itself. */
  readonly redis?: RedisConfig
  readonly cache: CacheConfig
  readonly events: EventsConfig
  readonly state: StateConfig
  /** Absolute paths of files and folders with the features that the gateway serves as models. */
  readonly features: readonly string[]
  /** The translation of models that no alias names, and of aliases that say nothing of it. */
  readonly translation: Translation
  /** Prices that override the price book, by `provider/model` or by model. Without a prototype: any name is safe to look up. */
  readonly prices: Readonly<Record<string, readonly PriceConfig[]>>
  /** What a model is taken to cost whose price nobody knows. Absent: nobody knows it. */
  readonly unpricedAt?: Pick<PriceConfig, 'input' | 'output'>
  readonly budgets: readonly Budget[]
  readonly webhooks: readonly WebhookConfig[]
}

/** Who is told when a budget reaches a share of its limit. */
export interface WebhookConfig {
  /** Where messages are sent. May be a secret. */
  readonly url: string
  /** What they are signed with: `whsec_` and the key in base64. */
  readonly secret: string
  readonly timeoutMs: number
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
  /** Absent: as is usual. */
  readonly breaker?: BreakerPolicy
  /** The operator's own. Absent: none but the provider's. */
  readonly limits?: ProviderLimits
  /** How many tokens more are read once a caller has left. Absent: the exchange is cancelled. */
  readonly drainTokens?: number
  /** Absent: the provider's own default. */
  readonly maxConnections?: number
  /** The certificates, in PEM, of the authorities that sign for the host. Absent: those that Node knows. */
  readonly ca?: string
  /** Whether callers whose keys allow it may bring a key of their own for it. Absent: they may not. */
  readonly callerKeys?: boolean
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
  /** Where a prompt goes that does not fit a target's context window. Absent: nowhere. */
  readonly onContextExceeded?: readonly TargetConfig[]
  /** Where a prompt goes that a provider's policy blocks or whose answer is a refusal. Absent: nowhere. */
  readonly onContentBlocked?: readonly TargetConfig[]
  /** Absent: no limit is injected. */
  readonly maxOutputTokens?: number
  /** Absent: `interactive`. */
  readonly loadClass?: LoadClass
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
  /** Whether a key is asked for before one was made: then any address may be listened on. */
  readonly requireKeys: boolean
  /** The proxies, as addresses and ranges, whose `x-forwarded-for` says where a request comes from. */
  readonly trustedProxies: readonly string[]
  /** How long stored keys that are known go on to open while their store is lost. */
  readonly keyOutageMs: number
  readonly maxBodyBytes: number
  /** Limits of what is passed to a provider as it is. */
  readonly passThrough: PassageLimits
  /** Processes that serve behind the one address. `auto`: one a core. */
  readonly workers: number | 'auto'
  /** How long the gateway serves on after it was told to stop, while `/readyz` already says so. */
  readonly drainNoticeMs: number
  /** How long calls in flight may go on after that. */
  readonly drainTimeoutMs: number
  /** After how much silence a stream is pinged. Absent: never. */
  readonly pingMs?: number
  /** How long a client may take nothing of what waits for it. */
  readonly readerTimeoutMs: number
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
  /** The providers for which its holder may bring a key of their own; `true`: all that let callers. Absent: none. */
  readonly providerKeys?: boolean | readonly string[]
}

/** The listener of the page. */
export interface AdminConfig {
  readonly host: string
  /** 0: any free port. Absent: 4001, or the next one that is free. */
  readonly port?: number
  /** The secret that opens it. Absent: a new one at each start, which is possible on a loopback address only. */
  readonly token?: string
}

/** The Redis that processes share. */
export interface RedisConfig {
  /** A secret, where it holds a password. */
  readonly url: string
  /** What every key begins with. Absent: `inseam:`. */
  readonly prefix?: string
  /** How long it may take to answer before it counts as lost. Absent: 250. */
  readonly timeoutMs?: number
  /** How many processes share it at least. Absent: as many as were seen. */
  readonly processes?: number
}

/** Where cached replies are kept. */
export interface CacheConfig {
  readonly store: 'memory'
  readonly maxBytes: number
}

/** Where events are kept. */
export interface EventsConfig {
  readonly store: 'sqlite' | 'postgres' | 'memory' | 'none'
  /** The database file; used by `sqlite` alone. */
  readonly path: string
  /** There where the store is `postgres`. */
  readonly postgres?: PostgresEventsConfig
  /** Whether events carry what was asked and answered. */
  readonly keepContent: boolean
}

/** A record in Postgres. */
export interface PostgresEventsConfig {
  /** A secret: it may have a password. */
  readonly url: string
  /** In milliseconds. Absent: events are kept for ever. */
  readonly retentionMs?: number
  /** Where events wait while it is away: a folder, and the most that each process may put there. */
  readonly spool: { readonly path: string; readonly maxBytes: number }
  /** Whether its schema is brought up to date at start. */
  readonly migrate: 'auto' | 'never'
}

/** Where is kept what processes share and must not forget. */
export type StateConfig = SqliteStateConfig | PostgresStateConfig

/** State in a file. */
export interface SqliteStateConfig extends LeaseConfig {
  readonly store: 'sqlite'
  readonly path: string
}

/** State in a Postgres. */
export interface PostgresStateConfig extends LeaseConfig {
  readonly store: 'postgres'
  /** A secret: it may have a password. */
  readonly url: string
  /** Whether its schema is brought up to date at start. */
  readonly migrate: 'auto' | 'never'
}

interface LeaseConfig {
  /** How much of each budget a process may hold to spend without asking the store. 0: nothing. */
  readonly leaseNanoUsd: number
}

/** What each part of a usage costs, in USD per million tokens. */
export interface UnitPriceConfig {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
  readonly cacheWriteOther?: number
  readonly audioIn?: number
  readonly audioOut?: number
  readonly imageIn?: number
  readonly imageOut?: number
}

/** Prices that depend on how long a request is. */
export interface PriceScheduleConfig extends UnitPriceConfig {
  /** For the whole request where its input is longer than `aboveInputTokens`. */
  readonly tiers?: readonly (UnitPriceConfig & { readonly aboveInputTokens: number })[]
}

/** What a model costs, during one time. */
export interface PriceConfig extends PriceScheduleConfig {
  /** In tiers other than the standard one: so many times the standard price, or prices of their own. */
  readonly serviceTiers?: Readonly<Record<string, number | PriceScheduleConfig>>
  /** How many times as much, by the place of computing that was chosen. */
  readonly geographies?: Readonly<Record<string, number>>
  /** USD per thousand calls, by the name of a provider's own tool. */
  readonly serverTools?: Readonly<Record<string, number>>
  /** The first day, UTC: `2026-08-21`. Absent: as far back as anybody asks. */
  readonly effectiveFrom?: string
  /** The last day, UTC. Absent: until further notice. */
  readonly effectiveTo?: string
  readonly sourceUrl?: string
  /** The day on which somebody last compared the figures with their source. */
  readonly checkedOn?: string
}
