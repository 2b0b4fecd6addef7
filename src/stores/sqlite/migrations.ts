import type { Migration } from '../../sqlite/migrate.ts'

const usageAndCost = `
  usage_source TEXT NOT NULL,
  input_uncached INTEGER, cache_read INTEGER, cache_write_5m INTEGER, cache_write_1h INTEGER, cache_write_other INTEGER,
  output_text INTEGER, output_reasoning INTEGER, audio_in INTEGER, audio_out INTEGER, image_in INTEGER, image_out INTEGER,
  server_tool_calls TEXT, usage_raw TEXT,
  cost_nano_usd INTEGER, cost_status TEXT NOT NULL, price_version TEXT`

/** Every step, oldest first. Forward only. */
export const migrations: readonly Migration[] = [
  {
    name: '2026-11-calls-and-attempts',
    sql: `
CREATE TABLE calls (
  seq INTEGER PRIMARY KEY,
  call_id TEXT NOT NULL UNIQUE,
  schema_version INTEGER NOT NULL,
  parent_id TEXT, trace_id TEXT, door TEXT NOT NULL, prompt_hash TEXT,
  feature TEXT, tenant TEXT, user_id TEXT, session_id TEXT, tags TEXT, key_id TEXT,
  model TEXT NOT NULL, target TEXT, dialect_in TEXT, dialect_out TEXT, streamed INTEGER NOT NULL, source TEXT NOT NULL,
  started_at INTEGER NOT NULL, first_token_ms REAL, total_ms REAL, overhead_ms REAL,
  ending TEXT NOT NULL, raw_stop TEXT, error_code TEXT, error_message TEXT,${usageAndCost},
  attempts INTEGER NOT NULL, fallbacks INTEGER NOT NULL, cache TEXT NOT NULL, losses TEXT, moments TEXT
);
CREATE INDEX calls_by_time ON calls (started_at);
CREATE INDEX calls_by_feature ON calls (feature, started_at);
CREATE TABLE attempts (
  seq INTEGER PRIMARY KEY,
  attempt_id TEXT NOT NULL UNIQUE,
  call_id TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  provider TEXT NOT NULL, model TEXT NOT NULL, answered_model TEXT, credential TEXT NOT NULL, dialect TEXT NOT NULL,
  streamed INTEGER NOT NULL,
  started_at INTEGER NOT NULL, connect_ms REAL, headers_ms REAL, first_token_ms REAL, total_ms REAL,
  status INTEGER, request_id TEXT,
  ending TEXT NOT NULL, raw_stop TEXT, error_code TEXT, error_message TEXT,${usageAndCost}
);
CREATE INDEX attempts_by_call ON attempts (call_id, ordinal);
CREATE INDEX attempts_by_time ON attempts (started_at);`,
  },
  {
    name: '2026-11-runs-steps-and-content',
    sql: `
ALTER TABLE calls ADD COLUMN run_id TEXT;
CREATE INDEX calls_by_run ON calls (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX calls_by_parent ON calls (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE contents (
  call_id TEXT PRIMARY KEY,
  messages TEXT NOT NULL, answer TEXT, is_cut INTEGER NOT NULL
);
CREATE TABLE runs (
  seq INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  schema_version INTEGER NOT NULL,
  trace_id TEXT, door TEXT NOT NULL,
  feature TEXT, tenant TEXT, user_id TEXT, session_id TEXT, tags TEXT, key_id TEXT,
  started_at INTEGER NOT NULL, total_ms REAL NOT NULL,
  outcome TEXT NOT NULL, stopped_by TEXT, error_code TEXT, error_message TEXT,
  calls INTEGER NOT NULL, tool_calls INTEGER NOT NULL,
  cost_nano_usd INTEGER, cost_status TEXT NOT NULL, price_version TEXT
);
CREATE INDEX runs_by_time ON runs (started_at);
CREATE TABLE steps (
  seq INTEGER PRIMARY KEY,
  step_id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL, call_id TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  tool TEXT NOT NULL,
  started_at INTEGER NOT NULL, total_ms REAL NOT NULL,
  outcome TEXT NOT NULL, error_message TEXT
);
CREATE INDEX steps_by_run ON steps (run_id, ordinal);`,
  },
  {
    name: '2026-11-eval-runs',
    sql: `
CREATE TABLE eval_runs (
  seq INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  suite TEXT NOT NULL, feature TEXT NOT NULL, model TEXT NOT NULL, prompt_hash TEXT,
  started_at INTEGER NOT NULL, total_ms REAL NOT NULL,
  ending TEXT, verdict TEXT,
  passed INTEGER NOT NULL, failed INTEGER NOT NULL, unclear INTEGER NOT NULL, skipped INTEGER,
  broken INTEGER NOT NULL, fixed INTEGER NOT NULL,
  cost_nano_usd INTEGER, cost_status TEXT NOT NULL,
  p50_ms REAL, p95_ms REAL
);
CREATE INDEX eval_runs_by_suite ON eval_runs (suite, started_at);
CREATE TABLE eval_cases (
  seq INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL, case_id TEXT NOT NULL,
  outcome TEXT NOT NULL, flip TEXT, scores TEXT NOT NULL,
  error_code TEXT, error_message TEXT,
  call_id TEXT NOT NULL, decided_by TEXT,
  started_at INTEGER NOT NULL, total_ms REAL NOT NULL,
  cost_nano_usd INTEGER, cost_status TEXT NOT NULL,
  input TEXT, expected TEXT, output TEXT
);
CREATE INDEX eval_cases_by_run ON eval_cases (run_id);`,
  },
  {
    name: '2026-11-operations-and-what-was-passed',
    sql: `
ALTER TABLE calls ADD COLUMN operation TEXT;
ALTER TABLE calls ADD COLUMN method TEXT;
ALTER TABLE calls ADD COLUMN path TEXT;
ALTER TABLE calls ADD COLUMN bytes_in INTEGER;
ALTER TABLE calls ADD COLUMN bytes_out INTEGER;`,
  },
  {
    name: '2026-11-why-the-prompt-cache-was-missed',
    sql: `
ALTER TABLE attempts ADD COLUMN cache_miss_reason TEXT;
ALTER TABLE attempts ADD COLUMN cache_missed_tokens INTEGER;`,
  },
  {
    name: '2026-11-service-tiers-and-corrected-costs',
    sql: `
ALTER TABLE attempts ADD COLUMN service_tier TEXT;
ALTER TABLE attempts ADD COLUMN inference_geo TEXT;
CREATE TABLE cost_corrections (
  seq INTEGER PRIMARY KEY,
  attempt_id TEXT NOT NULL, call_id TEXT NOT NULL,
  corrected_at INTEGER NOT NULL,
  old_nano_usd INTEGER, old_status TEXT NOT NULL, old_price_version TEXT,
  new_nano_usd INTEGER NOT NULL, new_status TEXT NOT NULL, new_price_version TEXT NOT NULL
);
CREATE INDEX cost_corrections_by_attempt ON cost_corrections (attempt_id);`,
  },
  {
    name: '2026-11-what-was-spared',
    sql: `
ALTER TABLE calls ADD COLUMN spared_nano_usd INTEGER;
ALTER TABLE calls ADD COLUMN spared_status TEXT;
ALTER TABLE calls ADD COLUMN prompt_cache_saved_nano_usd INTEGER;
ALTER TABLE attempts ADD COLUMN prompt_cache_saved_nano_usd INTEGER;`,
  },
  {
    name: '2026-11-roll-ups',
    // Calls up to the place `upto` are in the roll-ups; those behind it are to be.
    sql: `
CREATE TABLE rollup_subjects (
  subject INTEGER PRIMARY KEY,
  feature TEXT NOT NULL, tenant TEXT NOT NULL, key_id TEXT NOT NULL, model TEXT NOT NULL, target TEXT NOT NULL,
  prompt_hash TEXT NOT NULL, source TEXT NOT NULL, error_code TEXT NOT NULL,
  UNIQUE (feature, tenant, key_id, model, target, prompt_hash, source, error_code)
);
CREATE TABLE rollups (
  grain INTEGER NOT NULL, at INTEGER NOT NULL, subject INTEGER NOT NULL,
  calls INTEGER NOT NULL, errors INTEGER NOT NULL, retries INTEGER NOT NULL, fallbacks INTEGER NOT NULL,
  cache_hits INTEGER NOT NULL,
  input_uncached INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL, cache_write_other INTEGER NOT NULL, output_text INTEGER NOT NULL,
  output_reasoning INTEGER NOT NULL, audio_in INTEGER NOT NULL, audio_out INTEGER NOT NULL, image_in INTEGER NOT NULL,
  image_out INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL, unpriced INTEGER NOT NULL, estimated INTEGER NOT NULL,
  spared_nano_usd INTEGER NOT NULL, spared_unknown INTEGER NOT NULL, prompt_cache_saved_nano_usd INTEGER NOT NULL,
  last_at INTEGER NOT NULL, latency BLOB NOT NULL, first_token BLOB NOT NULL,
  PRIMARY KEY (grain, at, subject)
) WITHOUT ROWID;
CREATE TABLE rollup_progress (upto INTEGER NOT NULL);
INSERT INTO rollup_progress VALUES (0);
CREATE TRIGGER rollups_follow_costs AFTER UPDATE OF cost_nano_usd, cost_status ON calls
WHEN old.seq <= (SELECT upto FROM rollup_progress)
BEGIN
  DELETE FROM rollups;
  UPDATE rollup_progress SET upto = 0;
END;`,
  },
]
