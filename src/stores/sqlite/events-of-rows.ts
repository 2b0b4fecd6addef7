import type { Cost } from '../../core/cost.ts'
import type {
  AttemptEvent,
  CallContent,
  CallEvent,
  Outcome,
  PassedExchange,
  RunEvent,
  RunOutcome,
  StepEvent,
} from '../../core/event.ts'
import type { CacheMiss } from '../../core/reply.ts'
import type { Usage } from '../../core/usage.ts'

/** A row as it is read. */
export type Row = Readonly<Record<string, unknown>>

/** The call that a row of `calls` holds. */
export function callOfRow(row: Row): CallEvent {
  return present<CallEvent>({
    type: 'call',
    schemaVersion: row.schema_version,
    callId: row.call_id,
    parentId: row.parent_id,
    runId: row.run_id,
    traceId: row.trace_id,
    door: row.door,
    promptHash: row.prompt_hash,
    feature: row.feature,
    tenant: row.tenant,
    user: row.user_id,
    session: row.session_id,
    tags: parsed(row.tags),
    keyId: row.key_id,
    model: row.model,
    target: row.target,
    dialectIn: row.dialect_in,
    dialectOut: row.dialect_out,
    streamed: row.streamed === 1,
    source: row.source,
    startedAt: row.started_at,
    firstTokenMs: row.first_token_ms,
    totalMs: row.total_ms,
    overheadMs: row.overhead_ms,
    outcome: outcomeOf(row),
    usage: usageOf(row),
    cost: costOf(row),
    sparedCost: sparedOf(row),
    promptCacheSavedNanoUsd: row.prompt_cache_saved_nano_usd,
    attempts: row.attempts,
    fallbacks: row.fallbacks,
    cache: row.cache,
    losses: parsed(row.losses) ?? [],
    moments: parsed(row.moments) ?? [],
    operation: row.operation,
    passed: passedOf(row),
  })
}

/** The attempt that a row of `attempts` holds. */
export function attemptOfRow(row: Row): AttemptEvent {
  return present<AttemptEvent>({
    type: 'attempt',
    schemaVersion: row.schema_version,
    attemptId: row.attempt_id,
    callId: row.call_id,
    ordinal: row.ordinal,
    provider: row.provider,
    model: row.model,
    answeredModel: row.answered_model,
    credential: row.credential,
    dialect: row.dialect,
    streamed: row.streamed === 1,
    startedAt: row.started_at,
    connectMs: row.connect_ms,
    headersMs: row.headers_ms,
    firstTokenMs: row.first_token_ms,
    totalMs: row.total_ms,
    status: row.status,
    requestId: row.request_id,
    cacheMiss: cacheMissOf(row),
    outcome: outcomeOf(row),
    usage: usageOf(row),
    cost: costOf(row),
    promptCacheSavedNanoUsd: row.prompt_cache_saved_nano_usd,
  })
}

/** The content that a row of `contents` holds. */
export function contentOfRow(row: Row): CallContent {
  return present<CallContent>({
    messages: parsed(row.messages),
    answer: parsed(row.answer),
    isCut: row.is_cut === 1,
  })
}

/** The run that a row of `runs` holds. */
export function runOfRow(row: Row): RunEvent {
  return present<RunEvent>({
    type: 'run',
    schemaVersion: row.schema_version,
    runId: row.run_id,
    traceId: row.trace_id,
    door: row.door,
    feature: row.feature,
    tenant: row.tenant,
    user: row.user_id,
    session: row.session_id,
    tags: parsed(row.tags),
    keyId: row.key_id,
    startedAt: row.started_at,
    totalMs: row.total_ms,
    outcome: present<RunOutcome>({
      type: row.outcome,
      by: row.stopped_by,
      errorCode: row.error_code,
      errorMessage: row.error_message,
    }),
    calls: row.calls,
    toolCalls: row.tool_calls,
    cost: costOf(row),
  })
}

/** The step that a row of `steps` holds. */
export function stepOfRow(row: Row): StepEvent {
  return present<StepEvent>({
    type: 'step',
    schemaVersion: row.schema_version,
    stepId: row.step_id,
    runId: row.run_id,
    callId: row.call_id,
    ordinal: row.ordinal,
    tool: row.tool,
    startedAt: row.started_at,
    totalMs: row.total_ms,
    outcome: row.outcome,
    errorMessage: row.error_message,
  })
}

function passedOf(row: Row): PassedExchange | undefined {
  if (row.path === null || row.path === undefined) return undefined
  return present<PassedExchange>({
    method: row.method,
    path: row.path,
    bytesIn: row.bytes_in,
    bytesOut: row.bytes_out,
  })
}

function cacheMissOf({ cache_miss_reason: reason, cache_missed_tokens: missedTokens }: Row): CacheMiss | undefined {
  return typeof reason === 'string' ? present<CacheMiss>({ reason, missedTokens }) : undefined
}

function outcomeOf(row: Row): Outcome {
  return present<Outcome>({
    ending: row.ending,
    rawStop: row.raw_stop,
    errorCode: row.error_code,
    errorMessage: row.error_message,
  })
}

function usageOf(row: Row): Usage {
  const raw = typeof row.usage_raw === 'string' ? { raw: JSON.parse(row.usage_raw) } : {}
  return {
    ...present<Usage>({
      source: row.usage_source,
      inputUncached: row.input_uncached,
      cacheRead: row.cache_read,
      cacheWrite5m: row.cache_write_5m,
      cacheWrite1h: row.cache_write_1h,
      cacheWriteOther: row.cache_write_other,
      outputText: row.output_text,
      outputReasoning: row.output_reasoning,
      audioIn: row.audio_in,
      audioOut: row.audio_out,
      imageIn: row.image_in,
      imageOut: row.image_out,
      serverToolCalls: parsed(row.server_tool_calls),
      serviceTier: row.service_tier,
      inferenceGeo: row.inference_geo,
    }),
    ...raw,
  }
}

function costOf(row: Row): Cost {
  const cost = present<Cost>({ status: row.cost_status, priceVersion: row.price_version })
  return { ...cost, nanoUsd: row.cost_nano_usd as number | null }
}

function sparedOf({ spared_status: status, spared_nano_usd: nanoUsd }: Row): Cost | undefined {
  if (typeof status !== 'string') return undefined
  return { nanoUsd: nanoUsd as number | null, status: status as Cost['status'] }
}

function parsed(cell: unknown): unknown {
  return typeof cell === 'string' ? JSON.parse(cell) : undefined
}

/** Absent fields are absent, not null. The database is ours, so the shape is taken as it stands. */
function present<T>(fields: Record<keyof T, unknown> | Record<string, unknown>): T {
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== undefined) kept[name] = value
  return kept as T
}
