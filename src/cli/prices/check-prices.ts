import type { Config } from '../../config.ts'
import { type AttemptEvent, formatCost } from '../../index.ts'
import { storedAttempts } from '../../stores/sqlite/index.ts'
import { configOf, openTodaysBooks, type TodaysBooks } from './own-books.ts'
import { recordFile } from './record-file.ts'

interface CheckOptions {
  readonly since: number
  readonly olderThan: number
  readonly json?: boolean
  readonly config?: string
  readonly db?: string
}

/** What is found of one model, or of one pair of models. */
interface Finding {
  readonly model: string
  attempts: number
  /** Present where another price is known: what was booked, and what it would be. */
  bookedNanoUsd?: number
  otherNanoUsd?: number
  /** The tier without a price, where the model has one. */
  readonly tier?: string
  readonly answeredModel?: string
}

interface Findings {
  looked: number
  readonly unpriced: Map<string, Finding>
  readonly answeredByAnother: Map<string, Finding>
  readonly changed: Map<string, Finding>
}

/** Compares the prices of today with stored traffic, and says what an operator should look at. */
export async function checkPrices({ since, olderThan, json = false, config: named, db }: CheckOptions): Promise<void> {
  const config = await configOf(named)
  const findings: Findings = { looked: 0, unpriced: new Map(), answeredByAnother: new Map(), changed: new Map() }
  await using books = openTodaysBooks(config)
  for (const attempts of storedAttempts({
    path: await recordFile(db),
    since: Date.now() - since,
  })) {
    findings.looked += attempts.length
    for (const attempt of attempts) compare(attempt, books, findings)
  }
  const old = oldPrices(config, Date.now() - olderThan)
  const { looked, ...found } = findings
  const lists = Object.fromEntries(Object.entries(found).map(([name, all]) => [name, [...all.values()]]))
  if (json) console.log(JSON.stringify({ looked, ...lists, old }, undefined, 2))
  else process.stdout.write(words(findings, old))
  if (findings.unpriced.size > 0) process.exitCode = 1
}

function compare(attempt: AttemptEvent, books: TodaysBooks, findings: Findings): void {
  const { provider, model, answeredModel, cost, usage } = attempt
  const name = `${provider}/${model}`
  const today = books.price(attempt)
  if (today.nanoUsd === null) {
    const tier = usage.serviceTier ?? usage.inferenceGeo
    add(findings.unpriced, { model: name, attempts: 1, ...(tier !== undefined && { tier }) })
    return
  }
  if (cost.nanoUsd !== today.nanoUsd)
    add(findings.changed, { model: name, attempts: 1, bookedNanoUsd: cost.nanoUsd ?? 0, otherNanoUsd: today.nanoUsd })
  if (!answeredModel || answeredModel === model) return
  const answered = books.priceAs(attempt, answeredModel)
  // A name that the book does not know is most often the same model's, dated.
  if (answered.nanoUsd === null || answered.nanoUsd === today.nanoUsd) return
  const costs = { bookedNanoUsd: today.nanoUsd, otherNanoUsd: answered.nanoUsd }
  add(findings.answeredByAnother, { model: name, answeredModel, attempts: 1, ...costs })
}

function add(to: Map<string, Finding>, finding: Finding): void {
  const key = `${finding.model} ${finding.tier ?? ''} ${finding.answeredModel ?? ''}`
  const known = to.get(key)
  if (!known) to.set(key, finding)
  else {
    known.attempts += 1
    known.bookedNanoUsd = (known.bookedNanoUsd ?? 0) + (finding.bookedNanoUsd ?? 0)
    known.otherNanoUsd = (known.otherNanoUsd ?? 0) + (finding.otherNanoUsd ?? 0)
  }
}

/** Own prices that cost something and that nobody has compared with a source since. */
function oldPrices(
  { prices }: Config,
  before: number,
): { readonly model: string; readonly checkedOn: string | null }[] {
  const day = new Date(before).toISOString().slice(0, 10)
  return Object.entries(prices).flatMap(([model, periods]) => {
    const newest = periods.at(-1)
    if (!newest || (newest.input === 0 && newest.output === 0) || (newest.checkedOn ?? '') >= day) return []
    return [{ model, checkedOn: newest.checkedOn ?? null }]
  })
}

function words(findings: Findings, old: ReturnType<typeof oldPrices>): string {
  const usd = (nanoUsd = 0) => formatCost({ nanoUsd, status: 'priced' })
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`
  const each = (all: Map<string, Finding>, line: (finding: Finding) => string) => [...all.values()].map(line)
  const text = [
    section(
      'Unpriced: state them under prices in the configuration.',
      each(
        findings.unpriced,
        ({ model, tier, attempts }) => `${model}${tier ? ` (${tier})` : ''}: ${attempts} attempts`,
      ),
    ),
    section(
      'Answered by a model with another price: the asked one was booked.',
      each(
        findings.answeredByAnother,
        ({ model, answeredModel, attempts, bookedNanoUsd, otherNanoUsd }) =>
          `${model}, answered by ${answeredModel}: ${attempts} attempts, ${usd(bookedNanoUsd)} against ${usd(otherNanoUsd)}`,
      ),
    ),
    section(
      'Booked at another price than that of today: "inseam prices reprice" puts it right.',
      each(
        findings.changed,
        ({ model, attempts, bookedNanoUsd, otherNanoUsd }) =>
          `${model}: ${attempts} attempts, ${usd(bookedNanoUsd)} booked, ${usd(otherNanoUsd)} today`,
      ),
    ),
    section(
      'Your own prices that nobody has checked for long: set checkedOn once you have.',
      old.map(({ model, checkedOn }) => `${model}: ${checkedOn ?? 'no day stated'}`),
    ),
  ].join('')
  return `${text}${findings.looked} attempts looked at${text === '' ? ': every one is priced as today' : ''}.\n`
}
