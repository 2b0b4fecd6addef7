import type { Cost } from '../../core/cost.ts'
import type { AttemptEvent, CallEvent, Outcome } from '../../core/event.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'

/** What a cell holds. */
export type Cell = string | number | null
/** A cell on its way to the writer, as JSON: objects become text there, so that their quotes are not escaped twice here. */
export type SentCell = Cell | JsonObject | readonly JsonValue[]
/** A row as it is read. */
export type Row = Readonly<Record<string, unknown>>

const outcomeColumns = ['ending', 'raw_stop', 'error_code', 'error_message']
const moneyColumns = [
  'usage_source',
  'input_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_other',
  'output_text',
  'output_reasoning',
  'audio_in',
  'audio_out',
  'image_in',
  'image_out',
  'server_tool_calls',
  'usage_raw',
  'cost_nano_usd',
  'cost_status',
  'price_version',
]

/** The columns of `calls`, in the order of {@link callRow}. */
export const callColumns: readonly string[] = [
  'call_id',
  'schema_version',
  'parent_id',
  'trace_id',
  'door',
  'prompt_hash',
  'feature',
  'tenant',
  'user_id',
  'session_id',
  'tags',
  'key_id',
  'model',
  'target',
  'dialect_in',
  'dialect_out',
  'streamed',
  'source',
  'started_at',
  'first_token_ms',
  'total_ms',
  'overhead_ms',
  'attempts',
  'fallbacks',
  'cache',
  'losses',
  'moments',
  ...outcomeColumns,
  ...moneyColumns,
]

/** The columns of `attempts`, in the order of {@link attemptRow}. */
export const attemptColumns: readonly string[] = [
  'attempt_id',
  'call_id',
  'schema_version',
  'ordinal',
  'provider',
  'model',
  'answered_model',
  'credential',
  'dialect',
  'streamed',
  'started_at',
  'connect_ms',
  'headers_ms',
  'first_token_ms',
  'total_ms',
  'status',
  'request_id',
  ...outcomeColumns,
  ...moneyColumns,
]

/** A call as the cells of its row, to be sent as JSON. */
export function callRow(event: CallEvent): unknown[] {
  const cells: unknown[] = [
    event.callId,
    event.schemaVersion,
    event.parentId,
    event.traceId,
    event.door,
    event.promptHash,
    event.feature,
    event.tenant,
    event.user,
    event.session,
    event.tags,
    event.keyId,
    event.model,
    event.target,
    event.dialectIn,
    event.dialectOut,
    event.streamed ? 1 : 0,
    event.source,
    event.startedAt,
    event.firstTokenMs,
    event.totalMs,
    event.overheadMs,
    event.attempts,
    event.fallbacks,
    event.cache,
    event.losses.length === 0 ? null : event.losses,
    event.moments,
  ]
  addOutcomeAndMoney(cells, event.outcome, event.usage, event.cost)
  return cells
}

/** An attempt as the cells of its row, to be sent as JSON. */
export function attemptRow(event: AttemptEvent): unknown[] {
  const cells: unknown[] = [
    event.attemptId,
    event.callId,
    event.schemaVersion,
    event.ordinal,
    event.provider,
    event.model,
    event.answeredModel,
    event.credential,
    event.dialect,
    event.streamed ? 1 : 0,
    event.startedAt,
    event.connectMs,
    event.headersMs,
    event.firstTokenMs,
    event.totalMs,
    event.status,
    event.requestId,
  ]
  addOutcomeAndMoney(cells, event.outcome, event.usage, event.cost)
  return cells
}

/** A sent row as SQLite takes it. Changes the row itself. */
export function bindable(row: SentCell[]): Cell[] {
  for (let index = 0; index < row.length; index++) {
    const cell = row[index]
    if (typeof cell === 'object' && cell !== null) row[index] = JSON.stringify(cell)
  }
  return row as Cell[]
}

function addOutcomeAndMoney(cells: unknown[], outcome: Outcome, usage: Usage, cost: Cost): void {
  cells.push(
    outcome.ending,
    outcome.rawStop,
    outcome.errorCode,
    outcome.errorMessage,
    usage.source,
    usage.inputUncached,
    usage.cacheRead,
    usage.cacheWrite5m,
    usage.cacheWrite1h,
    usage.cacheWriteOther,
    usage.outputText,
    usage.outputReasoning,
    usage.audioIn,
    usage.audioOut,
    usage.imageIn,
    usage.imageOut,
    usage.serverToolCalls,
    typeof usage.raw === 'object' && usage.raw !== null ? usage.raw : JSON.stringify(usage.raw),
    cost.nanoUsd,
    cost.status,
    cost.priceVersion,
  )
}

/** The call that a row of `calls` holds. */
export function callOfRow(row: Row): CallEvent {
  return present<CallEvent>({
    type: 'call',
    schemaVersion: row.schema_version,
    callId: row.call_id,
    parentId: row.parent_id,
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
    attempts: row.attempts,
    fallbacks: row.fallbacks,
    cache: row.cache,
    losses: parsed(row.losses) ?? [],
    moments: parsed(row.moments) ?? [],
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
    outcome: outcomeOf(row),
    usage: usageOf(row),
    cost: costOf(row),
  })
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
    }),
    ...raw,
  }
}

function costOf(row: Row): Cost {
  const cost = present<Cost>({ status: row.cost_status, priceVersion: row.price_version })
  return { ...cost, nanoUsd: row.cost_nano_usd as number | null }
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
