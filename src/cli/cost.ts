import { type Command, InvalidArgumentError } from 'commander'
import { formatCost } from '../index.ts'
import {
  type CostDimension,
  type CostQuestion,
  type CostReport,
  type CostRow,
  type CostSums,
  costDimensions,
  openCostReader,
  savedInAll,
} from '../stores/sqlite/index.ts'
import { csvText, tableText } from '../telemetry/index.ts'
import { databaseOption, type RecordAt, recordAt } from './events.ts'

/** `inseam cost`: what was spent, for what, what was saved, and what the month is likely to come to. */
export function costCommand(program: Command): void {
  program
    .command('cost')
    .description('What was spent and for what, what was saved, and what the month is likely to come to.')
    .option('--by <what>', `one of ${costDimensions.join(', ')}`, parseDimension, 'feature')
    .option('--since <when>', 'so long ago (90m, 24h, 7d, 4w), or a day or time (2026-11-01, UTC)', '7d')
    .option('--until <when>', 'the same; default: now')
    .option('--json', 'print the report as JSON')
    .option('--csv', 'print the lines as CSV')
    .option(...databaseOption)
    .addHelpText('after', examples)
    .action(cost)
}

const examples = `
Examples:
  inseam cost                            the last seven days by feature
  inseam cost --by model --since 24h     since yesterday by the model that answered
  inseam cost --by day --since 2026-11-01
  inseam cost --by tenant --csv > november.csv
`

interface CostOptions {
  readonly by: CostDimension
  readonly since: string
  readonly until?: string
  readonly json?: boolean
  readonly csv?: boolean
  readonly db?: string
}

async function cost({ by, since, until, json, csv, db }: CostOptions, command: Command): Promise<void> {
  const now = Date.now()
  const [from, to] = [timeOf(since, now), until === undefined ? now : timeOf(until, now)]
  if (from === undefined || to === undefined || from >= to)
    command.error('error: --since and --until must be such as 7d, 24h or 2026-11-01, and --since the earlier one')
  const at = await recordAt({ ...(db !== undefined && { db }) })
  const report = await readReport(at, { from: from!, to: to!, by, now })
  if (json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
  else if (csv)
    process.stdout.write(
      csvText(csvColumns, [...report.rows.map(csvRow), csvRow({ ...report.total, name: 'total', share: 1 })]),
    )
  else process.stdout.write(reportText(report))
}

async function readReport(at: RecordAt, asked: CostQuestion) {
  await using reader = await openCostReader(at)
  return await reader.report(asked)
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

function timeOf(text: string, now: number): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * units[unit]!
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)
  const at = isTime
    ? Date.parse(/T.*[^Z\d:.+-]?$/.test(text) && !/(Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text)
    : Number.NaN
  return Number.isNaN(at) ? undefined : at
}

function parseDimension(text: string): CostDimension {
  const found = costDimensions.find((name) => name === text)
  if (found) return found
  throw new InvalidArgumentError(`It must be one of ${costDimensions.join(', ')}.`)
}

const right = { align: 'right' } as const

function reportText(report: CostReport): string {
  const { by, rows, total } = report
  if (total.calls === 0) return `No calls were recorded in this span.\n${monthText(report)}`
  const columns = [
    { title: by.toUpperCase(), widest: 40 },
    ...['CALLS', 'IN', 'CACHED', 'OUT', 'COST', 'SHARE', 'SAVED'].map((title) => ({ title, ...right })),
    { title: 'NOTE' },
  ]
  const lines = rows.map((row) => [row.name || `(no ${by})`, ...figures(row, row.share), noteOf(row)])
  const table = tableText(columns, [
    ...lines,
    ['total', ...figures(total, total.costNanoUsd > 0 ? 1 : 0), noteOf(total)],
  ])
  return `${table}\n${savedText(total)}${monthText(report)}`
}

function figures(sums: CostSums, share: number): string[] {
  const { calls, inputTokens, cachedTokens, outputTokens, costNanoUsd, estimated, saved } = sums
  const counts = [calls, inputTokens, cachedTokens, outputTokens].map((count) => count.toLocaleString('en-US'))
  return [
    ...counts,
    money(costNanoUsd, estimated > 0),
    `${(share * 100).toFixed(1)}%`,
    money(savedInAll(saved), saved.decidedNanoUsd > 0),
  ]
}

function money(nanoUsd: number, isEstimate = false): string {
  const status = isEstimate ? 'estimated' : 'priced'
  return nanoUsd < 0 ? `-${formatCost({ nanoUsd: -nanoUsd, status })}` : formatCost({ nanoUsd, status })
}

function noteOf({ unpriced, estimated }: CostSums): string {
  return [
    ...(unpriced > 0 ? [`${unpriced.toLocaleString('en-US')} unpriced`] : []),
    ...(estimated > 0 ? [`${estimated.toLocaleString('en-US')} estimated`] : []),
  ].join(', ')
}

function savedText({ saved, unpriced }: CostSums): string {
  const { repliesNanoUsd, repliesUnknown, promptCacheNanoUsd, decidedNanoUsd } = saved
  const unknown =
    repliesUnknown > 0 ? ` (${repliesUnknown.toLocaleString('en-US')} more, of which nobody knows what they cost)` : ''
  return [
    `Saved by kept and shared replies: ${money(repliesNanoUsd)}, what they cost when they were made${unknown}.`,
    `Saved by providers' prompt caches: ${money(promptCacheNanoUsd)}, reads less what writing cost more.`,
    `Saved by rules and look-ups: ${money(decidedNanoUsd, decidedNanoUsd > 0)}, at what the feature's calls by a model cost on average.`,
    ...(unpriced > 0
      ? ['Calls that are unpriced are in no sum: "prices" in inseam.yaml gives their models a price.']
      : []),
    '',
  ].join('\n')
}

function monthText({ month: { from, spentNanoUsd, forecast } }: CostReport): string {
  const name = new Date(from).toLocaleDateString('en-US', { month: 'long', timeZone: 'UTC' })
  const so = `${name} so far (UTC): ${money(spentNanoUsd)}.`
  if (!forecast) return `${so} For a forecast, three whole days are needed.\n`
  const { nanoUsd, low, high, how } = forecast
  return `${so} At its end about ${money(nanoUsd)} (${money(low)} to ${money(high)}): ${how}.\n`
}

const csvColumns = [
  ...[
    'name',
    'calls',
    'input_tokens',
    'cached_tokens',
    'output_tokens',
    'cost_usd',
    'share',
    'unpriced_calls',
    'estimated_calls',
  ],
  ...['saved_replies_usd', 'saved_replies_unknown', 'saved_prompt_cache_usd', 'saved_decided_estimated_usd'],
]

function csvRow({ name, share, ...sums }: CostRow): Record<string, unknown> {
  const { saved } = sums
  const cells = [
    ...[
      unformula(name),
      sums.calls,
      sums.inputTokens,
      sums.cachedTokens,
      sums.outputTokens,
      sums.costNanoUsd / 1e9,
      share,
    ],
    ...[sums.unpriced, sums.estimated, saved.repliesNanoUsd / 1e9, saved.repliesUnknown],
    ...[saved.promptCacheNanoUsd / 1e9, saved.decidedNanoUsd / 1e9],
  ]
  return Object.fromEntries(csvColumns.map((column, index) => [column, cells[index]]))
}

/** A tenant may be named like a formula, which a spreadsheet would run. */
function unformula(name: string): string {
  return /^[=+\-@\t\r]/.test(name) ? `'${name}` : name
}
