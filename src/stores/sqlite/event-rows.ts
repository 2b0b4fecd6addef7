import type { AttemptEvent, CallEvent, RunEvent, SeamEvent, StepEvent } from '../../core/event.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** What a cell holds. */
export type Cell = string | number | null
/** A cell on its way to the writer, as JSON: objects become text there, so that their quotes are not escaped twice here. */
export type SentCell = Cell | JsonObject | readonly JsonValue[]

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
  'prompt_cache_saved_nano_usd',
]

/** The columns of `calls`, in the order of {@link callRow}. */
export const callColumns: readonly string[] = [
  'call_id',
  'schema_version',
  'parent_id',
  'run_id',
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
  'operation',
  'method',
  'path',
  'bytes_in',
  'bytes_out',
  'spared_nano_usd',
  'spared_status',
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
  'cache_miss_reason',
  'cache_missed_tokens',
  'service_tier',
  'inference_geo',
  ...outcomeColumns,
  ...moneyColumns,
]

const contentColumns = ['call_id', 'messages', 'answer', 'is_cut']

/** The columns of `runs`, in the order of {@link runRow}. */
export const runColumns: readonly string[] = [
  'run_id',
  'schema_version',
  'trace_id',
  'door',
  'feature',
  'tenant',
  'user_id',
  'session_id',
  'tags',
  'key_id',
  'started_at',
  'total_ms',
  'outcome',
  'stopped_by',
  'error_code',
  'error_message',
  'calls',
  'tool_calls',
  'cost_nano_usd',
  'cost_status',
  'price_version',
]

/** The columns of `steps`, in the order of {@link stepRow}. */
export const stepColumns: readonly string[] = [
  'step_id',
  'run_id',
  'call_id',
  'schema_version',
  'ordinal',
  'tool',
  'started_at',
  'total_ms',
  'outcome',
  'error_message',
]

/** The tables of the record: what makes a row unique, and its columns in the order in which rows are sent. */
export const tables = {
  calls: { key: 'call_id', columns: callColumns },
  attempts: { key: 'attempt_id', columns: attemptColumns },
  contents: { key: 'call_id', columns: contentColumns },
  runs: { key: 'run_id', columns: runColumns },
  steps: { key: 'step_id', columns: stepColumns },
} as const satisfies Readonly<Record<string, { readonly key: string; readonly columns: readonly string[] }>>

/** A table of the record. */
export type Table = keyof typeof tables

/** Adds an event's rows to those of their tables. */
export function addRows(rows: Record<Table, unknown[]>, event: SeamEvent): void {
  switch (event.type) {
    case 'call':
      rows.calls.push(callRow(event))
      if (event.content) {
        const { messages, answer, isCut } = event.content
        rows.contents.push([event.callId, messages, answer, isCut ? 1 : 0])
      }
      return
    case 'attempt':
      rows.attempts.push(attemptRow(event))
      return
    case 'run':
      rows.runs.push(runRow(event))
      return
    case 'step':
      rows.steps.push(stepRow(event))
  }
}

/** A call as the cells of its row, to be sent as JSON. */
export function callRow(event: CallEvent): unknown[] {
  const cells: unknown[] = [
    event.callId,
    event.schemaVersion,
    event.parentId,
    event.runId,
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
    event.operation,
    event.passed?.method,
    event.passed?.path,
    event.passed?.bytesIn,
    event.passed?.bytesOut,
    event.sparedCost?.nanoUsd,
    event.sparedCost?.status,
  ]
  addOutcomeAndMoney(cells, event)
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
    event.cacheMiss?.reason,
    event.cacheMiss?.missedTokens,
    event.usage.serviceTier,
    event.usage.inferenceGeo,
  ]
  addOutcomeAndMoney(cells, event)
  return cells
}

/** A run as the cells of its row, to be sent as JSON. */
export function runRow(event: RunEvent): unknown[] {
  const { outcome, cost } = event
  return [
    event.runId,
    event.schemaVersion,
    event.traceId,
    event.door,
    event.feature,
    event.tenant,
    event.user,
    event.session,
    event.tags,
    event.keyId,
    event.startedAt,
    event.totalMs,
    outcome.type,
    outcome.type === 'stopped' ? outcome.by : null,
    outcome.type === 'failed' ? outcome.errorCode : null,
    outcome.type === 'failed' ? outcome.errorMessage : null,
    event.calls,
    event.toolCalls,
    cost.nanoUsd,
    cost.status,
    cost.priceVersion,
  ]
}

/** A step as the cells of its row, to be sent as JSON. */
export function stepRow(event: StepEvent): unknown[] {
  return [
    event.stepId,
    event.runId,
    event.callId,
    event.schemaVersion,
    event.ordinal,
    event.tool,
    event.startedAt,
    event.totalMs,
    event.outcome,
    event.errorMessage,
  ]
}

/** A sent row as SQLite takes it. Changes the row itself. */
export function bindable(row: SentCell[]): Cell[] {
  for (let index = 0; index < row.length; index++) {
    const cell = row[index]
    if (typeof cell === 'object' && cell !== null) row[index] = JSON.stringify(cell)
  }
  return row as Cell[]
}

function addOutcomeAndMoney(cells: unknown[], event: CallEvent | AttemptEvent): void {
  const { outcome, usage, cost } = event
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
    event.promptCacheSavedNanoUsd,
  )
}
