import type { Migration } from '../../sqlite/migrate.ts'

const usageAndCost = `
  usage_source text NOT NULL,
  input_uncached int8, cache_read int8, cache_write_5m int8, cache_write_1h int8, cache_write_other int8,
  output_text int8, output_reasoning int8, audio_in int8, audio_out int8, image_in int8, image_out int8,
  server_tool_calls json, usage_raw json,
  cost_nano_usd int8, cost_status text NOT NULL, price_version text, prompt_cache_saved_nano_usd int8`

const ended = 'ending text NOT NULL, raw_stop text, error_code text, error_message text'

const place = (name: string) =>
  `seq int8 NOT NULL DEFAULT nextval('${name}_seq'), stored_at timestamptz NOT NULL DEFAULT now()`

/** The record's schema, every step, oldest first. Forward only. Partitions are made as events come: `partitions.ts`. */
export const eventMigrations: readonly Migration[] = [
  {
    name: '2026-11-the-record',
    sql: `
CREATE SEQUENCE calls_seq;
CREATE TABLE calls (
  ${place('calls')},
  call_id text NOT NULL,
  schema_version int4 NOT NULL,
  parent_id text, run_id text, trace_id text, door text NOT NULL, prompt_hash text,
  feature text, tenant text, user_id text, session_id text, tags json, key_id text,
  model text NOT NULL, target text, dialect_in text, dialect_out text, streamed int2 NOT NULL, source text NOT NULL,
  started_at int8 NOT NULL, first_token_ms float8, total_ms float8, overhead_ms float8,
  ${ended},${usageAndCost},
  attempts int4 NOT NULL, fallbacks int4 NOT NULL, cache text NOT NULL, losses json, moments json,
  operation text, method text, path text, bytes_in int8, bytes_out int8, spared_nano_usd int8, spared_status text,
  PRIMARY KEY (call_id, started_at)
) PARTITION BY RANGE (started_at);
CREATE INDEX calls_by_place ON calls (seq);
CREATE INDEX calls_by_time ON calls (started_at);
CREATE INDEX calls_by_feature ON calls (feature, started_at);
CREATE INDEX calls_by_run ON calls (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX calls_by_parent ON calls (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE attempts (
  attempt_id text NOT NULL,
  call_id text NOT NULL,
  schema_version int4 NOT NULL,
  ordinal int4 NOT NULL,
  provider text NOT NULL, model text NOT NULL, answered_model text, credential text NOT NULL, dialect text NOT NULL,
  streamed int2 NOT NULL,
  started_at int8 NOT NULL, connect_ms float8, headers_ms float8, first_token_ms float8, total_ms float8,
  status int4, request_id text, service_tier text, inference_geo text, cache_miss_reason text, cache_missed_tokens int8,
  ${ended},${usageAndCost},
  PRIMARY KEY (attempt_id, started_at)
) PARTITION BY RANGE (started_at);
CREATE INDEX attempts_by_call ON attempts (call_id, ordinal);
CREATE INDEX attempts_by_time ON attempts (started_at);
CREATE TABLE contents (
  call_id text NOT NULL,
  messages json NOT NULL, answer json, is_cut int2 NOT NULL,
  started_at int8 NOT NULL,
  PRIMARY KEY (call_id, started_at)
) PARTITION BY RANGE (started_at);
CREATE TABLE runs (
  run_id text NOT NULL,
  schema_version int4 NOT NULL,
  trace_id text, door text NOT NULL,
  feature text, tenant text, user_id text, session_id text, tags json, key_id text,
  started_at int8 NOT NULL, total_ms float8 NOT NULL,
  outcome text NOT NULL, stopped_by text, error_code text, error_message text,
  calls int4 NOT NULL, tool_calls int4 NOT NULL,
  cost_nano_usd int8, cost_status text NOT NULL, price_version text,
  PRIMARY KEY (run_id, started_at)
) PARTITION BY RANGE (started_at);
CREATE INDEX runs_by_time ON runs (started_at);
CREATE TABLE steps (
  step_id text NOT NULL,
  run_id text NOT NULL, call_id text NOT NULL,
  schema_version int4 NOT NULL,
  ordinal int4 NOT NULL,
  tool text NOT NULL,
  started_at int8 NOT NULL, total_ms float8 NOT NULL,
  outcome text NOT NULL, error_message text,
  PRIMARY KEY (step_id, started_at)
) PARTITION BY RANGE (started_at);
CREATE INDEX steps_by_run ON steps (run_id, ordinal);`,
  },
  {
    name: '2026-11-roll-ups',
    // Each batch adds rows of its own, so that nobody waits for anybody; one process at a time folds them into the others.
    sql: `
CREATE TABLE rollups (
  grain int2 NOT NULL, at int8 NOT NULL,
  feature text NOT NULL, tenant text NOT NULL, key_id text NOT NULL, model text NOT NULL, target text NOT NULL,
  prompt_hash text NOT NULL, source text NOT NULL, error_code text NOT NULL,
  calls int8 NOT NULL, errors int8 NOT NULL, retries int8 NOT NULL, fallbacks int8 NOT NULL, cache_hits int8 NOT NULL,
  input_uncached int8 NOT NULL, cache_read int8 NOT NULL, cache_write_5m int8 NOT NULL, cache_write_1h int8 NOT NULL,
  cache_write_other int8 NOT NULL, output_text int8 NOT NULL, output_reasoning int8 NOT NULL,
  audio_in int8 NOT NULL, audio_out int8 NOT NULL, image_in int8 NOT NULL, image_out int8 NOT NULL,
  cost_nano_usd int8 NOT NULL, unpriced int8 NOT NULL, estimated int8 NOT NULL,
  spared_nano_usd int8 NOT NULL, spared_unknown int8 NOT NULL, prompt_cache_saved_nano_usd int8 NOT NULL,
  last_at int8 NOT NULL, latency bytea NOT NULL, first_token bytea NOT NULL
);
CREATE INDEX rollups_by_time ON rollups (grain, at);`,
  },
]
