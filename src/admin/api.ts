import type { AuditEntry, KeyRole } from '../core/access-key.ts'
import type { BudgetScope, BudgetWindow } from '../core/budget.ts'
import type { AttemptEvent, CallEvent, RunEvent, StepEvent } from '../core/event.ts'
import type { JsonValue } from '../core/json.ts'
import type { KeyAsk, ShownKey } from '../keys/index.ts'
import type { CostCourse } from '../stores/sqlite/index.ts'

/*
 * What the page asks the admin listener, and what it gets: JSON under /api, with the token as `authorization: Bearer …`.
 * Types alone, because the page is built apart. Times are milliseconds since the Unix epoch, costs whole nano-dollars.
 */

/** GET /api/state: what stands behind the page. */
export interface StateView {
  readonly version: string
  /** Where clients send calls. */
  readonly gatewayUrl: string
  /** Where the answers come from, in words. */
  readonly origin: string
  readonly isSimulated: boolean
  /** Whether events are kept where the page can read them. */
  readonly hasRecord: boolean
  readonly aliases: readonly { readonly name: string; readonly targets: readonly string[] }[]
  /** Why the gateway is not well. */
  readonly problems: readonly string[]
  /** The circuit breakers that are open; null where other processes have them. */
  readonly openBreakers: readonly OpenBreakerView[] | null
  readonly startedAt: number
  /** Who asks: the holder of the token, who is an admin, or of a key. */
  readonly you: {
    readonly role: KeyRole
    /** Whether the record is open to it: a key that is bound to a tenant, to features or to aliases gets 403 for all but this and keys. */
    readonly seesAll: boolean
    readonly key: { readonly id: string; readonly name: string } | null
  }
}

export type { KeyAsk }

/** A target that is not asked, but for a probe now and then. */
export interface OpenBreakerView {
  readonly target: string
  /** `failing`: it does not answer. `ejected`: it fails often, and is asked where nothing else is left. `quota`: its quota is used up. */
  readonly opened: 'failing' | 'ejected' | 'quota'
  /** The code of the failure that it counted last. */
  readonly because?: string | undefined
  readonly retryInMs: number
}

/** A stored key, without what would open anything. */
export type KeyView = ShownKey & { readonly status: 'active' | 'expired' | 'revoked' }

/** GET /api/keys: those that the visitor may see, the newest first. For managers: their own key, and those made with it. */
export interface KeysView {
  readonly keys: readonly KeyView[]
  /** Whether the gateway asks for a key. */
  readonly isAsked: boolean
  /** When each was called with last in the last 30 days, by its id, as far as the record has it; null where none can be asked. */
  readonly lastUsed: Readonly<Record<string, number>> | null
  /** Why keys are not well, or null. */
  readonly problem: string | null
}

/**
 * POST /api/keys (201), with a `KeyAsk` (src/keys/key-ask.ts) that has a name; what is absent is as the maker's own key has it. POST
 * /api/keys/ID/rotate, with `{ graceMs? }`, how long the old secret goes on to open, in milliseconds (default 0). The secret is in this
 * answer and nowhere else, ever. 403 where the key would be wider than its maker's.
 *
 * GET /api/keys/ID gives a {@link KeyView}, and so does PATCH, with the fields that change; null takes one away.
 */
export interface IssuedKeyView {
  readonly key: KeyView
  readonly secret: string
}

/** What a key is made with, and changed to: what of a {@link KeyAsk} is null is taken away. */
export type KeyChangeRequest = { readonly [Field in keyof KeyAsk]: KeyAsk[Field] | null }

/** DELETE /api/keys/ID: the key is revoked at once, and with it those that were made with it. The key first. */
export interface RevokedKeysView {
  readonly revoked: readonly KeyView[]
}

/** GET /api/keys/ID/spending: how the key's own budgets stand in this window, what keys that were made with it spent included. */
export interface KeySpendingView {
  readonly budgets: readonly {
    readonly id: string
    readonly per: BudgetWindow
    readonly hard: boolean
    readonly limitNanoUsd: number
    readonly settledNanoUsd: number
    /** The worst cases of calls under way. */
    readonly reservedNanoUsd: number
    readonly startsAt: number
    readonly endsAt: number
  }[]
}

/** GET /api/key-choices: what a key that the visitor makes can be bound to. */
export interface KeyChoicesView {
  readonly roles: readonly KeyRole[]
  /** Aliases, and models as `provider/model`. */
  readonly aliases: readonly string[]
  readonly features: readonly string[]
  /** Where requests can be passed to as they are. */
  readonly providers: readonly string[]
  /** The providers for which callers may bring a key of their own. */
  readonly callerKeys: readonly string[]
}

/** GET /api/budgets: every budget in force, by the share that is used, the most first. */
export interface BudgetsView {
  readonly budgets: readonly BudgetView[]
}

/** How a budget stands for one subject in its present window. */
export interface BudgetView {
  readonly id: string
  readonly scope: BudgetScope
  /** The feature, the tenant or the key's id; `*` where each is counted by itself and nothing was drawn yet; empty for everything. */
  readonly subject: string
  /** The stored key that it is the budget of, or that it counts. */
  readonly key: { readonly id: string; readonly name: string } | null
  readonly per: BudgetWindow
  readonly hard: boolean
  readonly limitNanoUsd: number
  readonly settledNanoUsd: number
  /** The worst cases of calls under way. */
  readonly reservedNanoUsd: number
  /** What of the settled counts at its worst case, because nobody said what it came to. */
  readonly presumed: { readonly attempts: number; readonly nanoUsd: number }
  /** The share of the limit that is settled or reserved: 1 of a limit of nothing. */
  readonly usedShare: number
  /** The first share at which is warned. */
  readonly warnAt: number
  readonly startsAt: number
  readonly endsAt: number
}

/** GET /api/audit?before&limit: every change, the newest first; `next` is the next page's `before`, or null. For admins. */
export interface AuditView {
  readonly entries: readonly AuditEntry[]
  readonly next: number | null
}

/** GET /api/audit/check: whether the log is whole, and its newest entry. */
export interface AuditCheckView {
  readonly entries: number
  readonly newest: { readonly seq: number; readonly hash: string } | null
  /** The first entry that is not what was written, or that is gone; null where there is none. */
  readonly broken: { readonly seq: number; readonly reason: 'changed' | 'missing' } | null
}

/**
 * GET /api/overview?from&to: totals and their course. Default: the last hour. At most 120 buckets, which begin at whole
 * minutes, hours or days (UTC): the first and the last may be partly outside of the span, whose calls alone they count.
 * Percentiles are of all calls, failed ones included: exact for few calls, within 1 % for many. 404 where no record is kept.
 */
export interface OverviewView {
  readonly from: number
  readonly to: number
  readonly bucketMs: number
  readonly totals: Totals
  /** The span of the same length before this one, to compare with. */
  readonly before: Totals
  /** Columns of equal length, one value a bucket; `null` where nothing was measured. */
  readonly series: {
    readonly at: readonly number[]
    readonly calls: readonly number[]
    readonly errors: readonly number[]
    readonly costNanoUsd: readonly number[]
    readonly inputTokens: readonly number[]
    readonly outputTokens: readonly number[]
    readonly cachedTokens: readonly number[]
    readonly latencyMs: Percentiles<readonly (number | null)[]>
    readonly firstTokenMs: Percentiles<readonly (number | null)[]>
  }
  /** The costliest first, at most ten each. */
  readonly byFeature: readonly Share[]
  readonly byModel: readonly Share[]
  /** The most frequent first. */
  readonly errors: readonly { readonly code: string; readonly calls: number }[]
  readonly sources: readonly { readonly source: string; readonly calls: number }[]
}

/** Three percentiles of the same thing. */
export interface Percentiles<Value> {
  readonly p50: Value
  readonly p95: Value
  readonly p99: Value
}

/** Sums over a span of time. */
export interface Totals {
  readonly calls: number
  readonly errors: number
  /** Attempts after the first that were no fallback. */
  readonly retries: number
  readonly fallbacks: number
  readonly cacheHits: number
  readonly costNanoUsd: number
  /** Calls whose cost nobody knows. */
  readonly unpriced: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
  readonly latencyMs: Percentiles<number | null>
  readonly firstTokenMs: Percentiles<number | null>
}

/** What one feature or model took of it all. */
export interface Share {
  /** The feature's name, or the model's as `provider/model` that answered; empty for calls without one. */
  readonly name: string
  readonly calls: number
  readonly errors: number
  readonly costNanoUsd: number
  readonly p95Ms: number | null
}

/**
 * GET /api/calls?feature&model&source&status=ok|error&errorCode&text&door&before&limit: the newest first. `text` looks in
 * ids, models, features and error messages; `model` is an alias or `provider/model`; an empty `feature` means none; `limit` is
 * 50 where it is not given, and 200 at most. `before` is `next` of the page before; a page may be short, or empty, and not the last.
 *
 * Also GET /api/live: server-sent events of the same filters (without `before` and `limit`), one `CallRow` a `data:` line, as
 * calls end. `event: lost` with `{"calls": 12}` tells a slow reader how many it missed.
 */
export interface CallsView {
  readonly calls: readonly CallRow[]
  /** Where the next page begins; absent at the end. */
  readonly next?: number
}

/** One call in a list. */
export interface CallRow {
  /** Its place in the record; absent in the live list, which is ahead of it. */
  readonly seq?: number
  readonly callId: string
  readonly startedAt: number
  readonly feature?: string
  /** What was asked for where it was no answer. */
  readonly operation?: CallEvent['operation']
  readonly model: string
  readonly target?: string
  readonly door: string
  readonly source: string
  readonly ending: string
  readonly errorCode?: string
  readonly totalMs: number
  readonly firstTokenMs?: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costNanoUsd: number | null
  readonly attempts: number
  readonly fallbacks: number
}

/** GET /api/calls/ID: one call, whole. */
export interface CallView {
  readonly call: CallEvent
  readonly attempts: readonly AttemptEvent[]
  /** Its corrective turns. */
  readonly children: readonly CallEvent[]
  /** What happened, in words, one line each: what `inseam explain` prints. */
  readonly story: string
}

/** GET /api/runs/ID: a run with its calls and steps. */
export interface RunView {
  /** Absent while it is under way, or where its process died. */
  readonly run?: RunEvent
  readonly calls: readonly CallEvent[]
  readonly steps: readonly StepEvent[]
  readonly story: string
}

/** GET /api/features?from&to: what each feature spent, and who decided. */
export interface FeaturesView {
  readonly features: readonly (Share & {
    /** Calls by who answered: provider, cache, coalesced, rule, lookup, classifier. */
    readonly sources: Readonly<Record<string, number>>
    readonly promptHashes: number
    readonly lastAt: number
  })[]
}

/**
 * GET /api/cost?from&to&by=feature|key|tenant|model|prompt|day: what was spent in the whole minutes of a span, by default the last 30
 * days by feature. Lines are the costliest first, at most 500; what is beyond them is "(others)". 404 where no record is kept.
 */
export type CostView = CostCourse

/** GET /api/evals: the newest runs first, at most 200. */
export interface EvalRunsView {
  readonly runs: readonly EvalRunRow[]
}

/** One eval run in a list. */
export interface EvalRunRow {
  readonly id: string
  readonly suite: string
  readonly feature: string
  /** As the feature names it. */
  readonly model: string
  readonly startedAt: number
  readonly totalMs: number
  /** How it ended: finished, money or stopped. Absent while it goes on, and where its process died. */
  readonly ending?: string
  /** passed, failed, regressed or inconclusive; absent where it has no ending. */
  readonly verdict?: string
  readonly cases: number
  readonly passed: number
  /** Cases that could not be judged: the call failed, or the judge was unreadable. */
  readonly unclear: number
  /** Wilson 95 % of the share that passed. */
  readonly interval: readonly [low: number, high: number]
  readonly costNanoUsd: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  /** Cases that passed in the run compared with and fail now, and the other way round. */
  readonly broken: number
  readonly fixed: number
}

/** GET /api/evals/ID: one run, whole. */
export interface EvalRunView {
  readonly run: EvalRunRow
  readonly cases: readonly EvalCaseView[]
}

/** One case of an eval run. */
export interface EvalCaseView {
  readonly id: string
  readonly outcome: 'passed' | 'failed' | 'unclear'
  /** Against the baseline; absent where it is the same, or there is none. */
  readonly flip?: 'broken' | 'fixed'
  readonly scores: readonly { readonly scorer: string; readonly outcome: string; readonly detail?: string }[]
  readonly input: JsonValue
  readonly expected?: JsonValue
  readonly output?: JsonValue
  readonly error?: string
  readonly callId?: string
  readonly costNanoUsd: number | null
  readonly totalMs: number
}

/** GET /api/simulator: what can be broken; 404 where no simulator runs here. POST the same path with {@link BreakRequest}. */
export interface SimulatorView {
  readonly faults: readonly { readonly name: string; readonly meaning: string }[]
  /** Faults in force, and for which calls: `stall@3`. */
  readonly inForce: readonly string[]
  readonly presets: readonly { readonly name: string; readonly meaning: string; readonly faults: readonly string[] }[]
}

/**
 * Puts faults in force at the simulator, in place of those before; an empty list mends it. A fault is written as after a
 * model's name: `stall`, `stall:after=0`, `stall@3` for the first three requests. It strikes the first target of each alias, so
 * that the next one can answer; `everywhere+stall` strikes all. Several take turns.
 *
 * `calls` sends that many through the gateway, 200 at most, 8 at a time; the answer does not wait for them.
 */
export interface BreakRequest {
  readonly faults: readonly string[]
  readonly calls?: number
}

/** What every refusal looks like. */
export interface ApiError {
  readonly error: { readonly code: string; readonly message: string; readonly fix: string }
}
