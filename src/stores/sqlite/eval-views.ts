import type { View, ViewColumn } from './view.ts'

const same = (name: string, meaning: string): ViewColumn => ({ name, sql: name, meaning })

const begun: readonly ViewColumn[] = [
  {
    name: 'started_at',
    sql: "strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch')",
    postgres: `to_char(to_timestamp(started_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    meaning: 'when it began, UTC',
  },
  { name: 'started_ms', sql: 'started_at', meaning: 'the same in milliseconds since the epoch' },
]

const paid: readonly ViewColumn[] = [
  {
    name: 'cost_usd',
    sql: 'cost_nano_usd / 1e9',
    meaning: 'what it cost in USD, judges included; null where unpriced',
  },
  same('cost_nano_usd', 'the same in whole nano-dollars, exact'),
  same('cost_status', 'priced, estimated or unpriced'),
]

/** The views of eval runs. */
export const evalViews: readonly View[] = [
  {
    name: 'v_eval_runs',
    table: 'eval_runs',
    meaning: 'One row per run of a suite.',
    columns: [
      same('run_id', 'its id; ids sort by age'),
      same('suite', 'the name of the suite'),
      same('feature', 'the feature that it holds'),
      same('model', 'as the feature names it: an alias, or provider/model'),
      same('prompt_hash', "the hash of the prompt's static text"),
      ...begun,
      same('total_ms', 'from beginning to end, or to the last case that was kept'),
      same('ending', 'finished, money or stopped; null while it goes on, and for ever where its process died'),
      same('verdict', 'passed, failed, regressed or inconclusive'),
      { name: 'cases', sql: 'passed + failed + unclear', meaning: 'cases that were run' },
      same('passed', 'of these, passed'),
      same('failed', 'of these, failed'),
      same('unclear', 'of these, without a judgement: the call failed, or a judge could not be read'),
      same('skipped', 'cases that never began; null where nobody knows'),
      same('broken', 'cases that passed in the baseline and fail now'),
      same('fixed', 'cases that failed in the baseline and pass now'),
      ...paid,
      same('p50_ms', 'the median time of the feature'),
      same('p95_ms', 'the 95th percentile of it'),
    ],
  },
  {
    name: 'v_eval_cases',
    table: 'eval_cases',
    meaning: 'One row per case of a run of a suite, as they ended.',
    columns: [
      same('run_id', 'the run of the suite'),
      same('case_id', "the case's id"),
      same('outcome', 'passed, failed or unclear'),
      same('flip', 'broken or fixed against the baseline; null for neither'),
      same('scores', 'JSON array of what each scorer said'),
      same('error_code', 'what the feature failed with'),
      same('error_message', 'the same in words'),
      same('call_id', 'the call, or the run of a feature with tools'),
      same('decided_by', 'a rule or look-up by its name, model, or cache'),
      ...begun,
      same('total_ms', 'the time of the feature, without its scorers'),
      ...paid,
      same('input', 'JSON; null where the configuration keeps no content'),
      same('expected', 'JSON; null where there is none, or none is kept'),
      same('output', 'JSON; null where there is none, or none is kept'),
    ],
  },
]
