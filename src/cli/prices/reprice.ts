import { type AttemptEvent, type Cost, formatCost } from '../../index.ts'
import { type CostCorrection, openCostCorrector, storedAttempts } from '../../stores/sqlite/index.ts'
import { configOf, openTodaysBooks } from './own-books.ts'
import { recordFile } from './record-file.ts'

interface RepriceOptions {
  readonly since: number
  readonly model?: string
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly config?: string
  readonly db?: string
}

/** Prices stored attempts anew, a batch at a time. A known cost is never replaced by none. */
export async function reprice({
  since,
  model,
  dryRun = false,
  json = false,
  config,
  db,
}: RepriceOptions): Promise<void> {
  const path = await recordFile(db)
  await using books = openTodaysBooks(await configOf(config))
  const options = { path, since: Date.now() - since, ...(model !== undefined && { model }) }
  const result = { looked: 0, corrected: 0, beforeNanoUsd: 0, afterNanoUsd: 0, unpriced: 0, estimated: 0 }
  using corrector = dryRun ? undefined : openCostCorrector({ path })
  for (const attempts of storedAttempts(options)) {
    const corrections = attempts.flatMap((attempt) => correctionOf(attempt, books.price(attempt)))
    result.looked += attempts.length
    for (const { cost, usage } of attempts) {
      if (cost.nanoUsd === null) result.unpriced += 1
      if (usage.source === 'estimated') result.estimated += 1
    }
    result.corrected += corrector ? corrector.correct(corrections, Date.now()) : corrections.length
    for (const { before, after } of corrections) {
      if (before.nanoUsd === null) result.unpriced -= 1
      result.beforeNanoUsd += before.nanoUsd ?? 0
      result.afterNanoUsd += after.nanoUsd
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${result.looked} attempts`)
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  if (json) console.log(JSON.stringify({ dryRun, ...result }, undefined, 2))
  else process.stdout.write(words(result, dryRun))
}

function correctionOf({ attemptId, callId, cost: before }: AttemptEvent, after: Cost): CostCorrection[] {
  const { nanoUsd } = after
  if (nanoUsd === null || (nanoUsd === before.nanoUsd && after.status === before.status)) return []
  return [{ attemptId, callId, before, after: { ...after, nanoUsd } }]
}

function words(
  { looked, corrected, beforeNanoUsd, afterNanoUsd, unpriced, estimated }: Readonly<Record<string, number>>,
  dryRun: boolean,
): string {
  const usd = (nanoUsd = 0) => formatCost({ nanoUsd, status: 'priced' })
  const done = dryRun ? 'would be corrected' : 'corrected, with their calls and runs'
  const lines = [
    `${looked} attempts looked at; ${corrected} ${done}: ${usd(beforeNanoUsd)} before, ${usd(afterNanoUsd)} now.`,
    ...(unpriced ? [`${unpriced} stay unpriced: the book of today has no price for their model or tier.`] : []),
    ...(estimated ? [`${estimated} stay estimates: their provider never said what was used.`] : []),
    ...(dryRun || !corrected ? [] : ['What stood there before: inseam events sql "select * from v_cost_corrections".']),
    'Not priced anew: what was passed through unread; eval runs, whose reports say what they cost then.',
  ]
  return `${lines.join('\n')}\n`
}
