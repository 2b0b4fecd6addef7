import { evalViews } from './eval-views.ts'
import type { View, ViewColumn } from './view.ts'

const same = (name: string, meaning: string): ViewColumn => ({ name, sql: name, meaning })
const sum = (name: string, parts: readonly string[], meaning: string): ViewColumn => ({
  name,
  sql: parts.join(' + '),
  meaning,
})
const inputParts = [
  'input_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_other',
  'audio_in',
  'image_in',
]

const begun: readonly ViewColumn[] = [
  {
    name: 'started_at',
    sql: "strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch')",
    postgres: `to_char(to_timestamp(started_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    meaning: 'when it began, UTC',
  },
  { name: 'started_ms', sql: 'started_at', meaning: 'the same in milliseconds since the epoch; indexed' },
]

const onBehalf: readonly ViewColumn[] = [
  same('feature', 'the feature that made it'),
  same('tenant', 'on whose behalf'),
  same('user_id', 'on whose behalf'),
  same('session_id', 'which conversation'),
  same('tags', 'JSON array'),
  same('key_id', "the gateway key's id"),
  same('door', 'library, gateway or eval'),
]

const ended: readonly ViewColumn[] = [
  same('ending', 'completed, truncated, refused, paused or error'),
  same('raw_stop', "the provider's own word for the ending"),
  same('error_code', 'what went wrong, where ending is error'),
  same('error_message', 'the same in words'),
]

const cost: readonly ViewColumn[] = [
  { name: 'cost_usd', sql: 'cost_nano_usd / 1e9', meaning: 'what it cost in USD; null where unpriced' },
  same('cost_nano_usd', 'the same in whole nano-dollars, exact'),
  same('cost_status', 'priced, estimated or unpriced'),
  same('price_version', 'the price book that produced the figure'),
]

const paid: readonly ViewColumn[] = [
  sum('input_tokens', inputParts, 'all tokens that went in, cached or not'),
  { name: 'cached_tokens', sql: 'cache_read', meaning: "of these, read from the provider's prompt cache" },
  sum('cache_write_tokens', ['cache_write_5m', 'cache_write_1h', 'cache_write_other'], 'of these, written to it'),
  sum('output_tokens', ['output_text', 'output_reasoning', 'audio_out', 'image_out'], 'all tokens that came out'),
  { name: 'reasoning_tokens', sql: 'output_reasoning', meaning: 'of these, reasoning' },
  same('usage_source', 'measured by the provider, or estimated'),
  ...cost,
]

/** The views of the event store. */
export const views: readonly View[] = [
  {
    name: 'v_calls',
    table: 'calls',
    meaning: 'One row per call, whatever became of it.',
    columns: [
      same('call_id', 'its id; ids sort by age'),
      ...begun,
      ...onBehalf,
      same('model', 'as the caller named it: an alias, or provider/model'),
      same('target', 'provider/model that answered, or was asked last'),
      same('operation', 'embed, count-tokens or pass-through; null for an answer'),
      same('method', 'the HTTP method, where a request was passed through'),
      same('path', "where it went, below the provider's base URL and without the query"),
      same('bytes_in', 'of its body'),
      same('bytes_out', 'of the body that came back'),
      same('source', 'provider, cache, coalesced, rule, lookup or classifier'),
      same('streamed', '1 for a stream'),
      ...ended,
      same('total_ms', 'from beginning to end'),
      same('first_token_ms', 'until the first content'),
      same('overhead_ms', 'what the seam itself took'),
      ...paid,
      same('spared_nano_usd', 'what the reply cost when it was made, where it was kept or shared; null where unknown'),
      same('prompt_cache_saved_nano_usd', "what the provider's prompt cache spared; below 0 where it cost more"),
      same('attempts', 'attempts made'),
      same('fallbacks', 'changes of target'),
      same('cache', "the seam's reply cache: off, hit or miss"),
      same('losses', 'JSON array of what translation dropped or approximated; null for none'),
      same('moments', 'JSON array of what happened, in order'),
      same('prompt_hash', "the hash of the prompt's static text"),
      same('parent_id', 'the call that it corrects or continues'),
      same('run_id', 'the run that it is a step of'),
      same('trace_id', 'the trace that it belongs to'),
      same('dialect_in', "the caller's wire format"),
      same('dialect_out', "the target's wire format"),
      same('schema_version', "the version of the event's shape"),
    ],
  },
  {
    name: 'v_attempts',
    table: 'attempts',
    meaning: 'One row per attempt: one HTTP exchange, one line in the books.',
    columns: [
      same('attempt_id', 'its id'),
      same('call_id', 'the call that made it'),
      same('ordinal', '1 for the first attempt of the call'),
      ...begun,
      same('provider', "the provider's name in the configuration"),
      same('model', 'the model asked'),
      same('answered_model', 'the model as the provider named it'),
      same('credential', 'the label of the credential'),
      same('dialect', 'the wire format'),
      same('streamed', '1 for a stream'),
      same('status', 'the HTTP status'),
      same('request_id', "the provider's id for the exchange"),
      same(
        'cache_miss_reason',
        "why the provider's prompt cache was not read, in its own words; null where it did not say",
      ),
      same('cache_missed_tokens', 'how many tokens it could have read'),
      ...ended,
      same('total_ms', 'from beginning to end'),
      same('connect_ms', 'until the provider had the request'),
      same('headers_ms', 'until response headers'),
      same('first_token_ms', 'until the first content'),
      ...paid,
      same('prompt_cache_saved_nano_usd', "what the provider's prompt cache spared; below 0 where it cost more"),
      same('usage_raw', "the provider's usage object, JSON"),
      same('server_tool_calls', "JSON object of calls of the provider's own tools"),
      same('service_tier', "the service tier that was billed, in the provider's word; null for the standard one"),
      same('inference_geo', 'the place of computing that was chosen and billed; null for anywhere'),
      same('schema_version', "the version of the event's shape"),
    ],
  },
  {
    name: 'v_runs',
    table: 'runs',
    meaning: 'One row per run of a feature with tools, written at its end, whatever that was.',
    columns: [
      same('run_id', 'its id; ids sort by age'),
      ...begun,
      ...onBehalf,
      same('outcome', 'finished, stopped or failed'),
      same('stopped_by', 'steps, time, money, truncated, refused, paused or repeating, where outcome is stopped'),
      same('error_code', 'what went wrong, where outcome is failed'),
      same('error_message', 'the same in words'),
      same('total_ms', 'from beginning to end, tools included'),
      same('calls', 'calls to the model'),
      same('tool_calls', 'tools asked for, whatever became of them'),
      ...cost,
      same('trace_id', 'the trace that it belongs to'),
      same('schema_version', "the version of the event's shape"),
    ],
  },
  {
    name: 'v_steps',
    table: 'steps',
    meaning: 'One row per tool that a run was asked for, whatever became of it.',
    columns: [
      same('step_id', 'its id'),
      same('run_id', 'the run that it is a step of'),
      same('call_id', 'the call that asked for it'),
      same('ordinal', '1 for the first tool that the run was asked for'),
      ...begun,
      same('tool', 'the name that the model asked for'),
      same('outcome', 'done, failed, timed-out, arguments-invalid, unknown-tool or stopped'),
      same('error_message', 'what went wrong, redacted'),
      same('total_ms', 'from beginning to end'),
      same('schema_version', "the version of the event's shape"),
    ],
  },
  {
    name: 'v_cost_corrections',
    table: 'cost_corrections',
    meaning:
      'One row per attempt whose cost was put right later, by "inseam prices reprice"; the other views show the newest cost.',
    columns: [
      same('attempt_id', 'the attempt'),
      same('call_id', 'the call that made it'),
      {
        name: 'corrected_at',
        sql: "strftime('%Y-%m-%dT%H:%M:%fZ', corrected_at / 1000.0, 'unixepoch')",
        meaning: 'when, UTC',
      },
      same('old_nano_usd', 'what stood there before, in whole nano-dollars; null where it was unpriced'),
      same('old_status', 'priced, estimated or unpriced'),
      same('old_price_version', 'the price book that had produced it'),
      same('new_nano_usd', 'what stands there since'),
      same('new_status', 'priced or estimated'),
      same('new_price_version', 'the price book that produced that'),
    ],
  },
  ...evalViews,
]

/** The statement that creates a view. */
export function viewSql({ name, table, columns }: View): string {
  const list = columns.map(({ name: column, sql }) => (column === sql ? column : `${sql} AS ${column}`)).join(', ')
  return `CREATE VIEW ${name} AS SELECT ${list} FROM ${table}`
}
