import type { PriceConfig } from '../../config.ts'
import { InseamError } from '../../errors/index.ts'
import { findModel, knownModels, type PricePeriod } from '../../models/index.ts'
import { tableText } from '../../telemetry/index.ts'
import { configOf } from './own-books.ts'

interface ListOptions {
  readonly config?: string
  readonly json?: boolean
}

interface Listed {
  readonly model: string
  readonly from: 'yours' | 'book'
  readonly aliases?: readonly string[]
  /** Empty: unpriced. */
  readonly periods: readonly (PriceConfig | PricePeriod)[]
}

/** Every price that holds for some name: the operator's first. */
export async function listPrices({ config, json = false }: ListOptions): Promise<void> {
  const listed = [...(await own(config)), ...knownModels.filter(({ family }) => family !== 'simulated').map(ofBook)]
  if (json) console.log(JSON.stringify(listed, undefined, 2))
  else {
    process.stdout.write(tableText(columns, listed.flatMap(rowsOf)))
    console.log(
      '\nUSD per million tokens; "?" is not priced. "inseam prices show MODEL" has tiers, places and sources.',
    )
  }
}

/** One name, in full. Throws `not-found`. */
export async function showPrices(model: string, { config, json = false }: ListOptions): Promise<void> {
  const bare = model.slice(model.indexOf('/') + 1)
  const mine = (await own(config)).filter((listed) => listed.model === model || listed.model === bare)
  const known = findModel(model) ?? findModel(bare)
  const found = [...mine, ...(known ? [ofBook(known)] : [])]
  if (found.length === 0)
    throw new InseamError('not-found', `Neither your prices nor the book know a model "${model}".`, {
      fix: 'Use its exact id ("inseam prices list" has them all), or state its price under prices in the configuration.',
    })
  if (json) console.log(JSON.stringify(found, undefined, 2))
  else process.stdout.write(found.map(shown).join('\n'))
}

async function own(config: string | undefined): Promise<Listed[]> {
  const { prices } = await configOf(config)
  return Object.entries(prices).map(([model, periods]) => ({ model, from: 'yours', periods }))
}

const ofBook = ({ id, aliases, prices }: (typeof knownModels)[number]): Listed => ({
  model: id,
  from: 'book',
  ...(aliases && { aliases }),
  periods: prices,
})

const columns = [
  { title: 'model' },
  { title: 'from' },
  { title: 'input $', align: 'right' },
  { title: 'cache read $', align: 'right' },
  { title: 'write 5m $', align: 'right' },
  { title: 'write 1h $', align: 'right' },
  { title: 'output $', align: 'right' },
  { title: 'days' },
  { title: 'checked' },
] as const

function rowsOf({ model, from, periods }: Listed): string[][] {
  if (periods.length === 0) return [[model, from, '?', '', '', '', '?', '', '']]
  return periods.map((period) => [
    model,
    from,
    String(period.input),
    ...[period.cacheRead, period.cacheWrite5m ?? period.cacheWriteOther, period.cacheWrite1h].map((usd) =>
      String(usd ?? ''),
    ),
    String(period.output),
    daysOf(period),
    period.checkedOn ?? '',
  ])
}

function daysOf({ effectiveFrom, effectiveTo }: PriceConfig | PricePeriod): string {
  if (effectiveFrom === undefined && effectiveTo === undefined) return ''
  return `${effectiveFrom ?? ''}–${effectiveTo ?? ''}`
}

function shown({ model, from, aliases, periods }: Listed): string {
  const whose = from === 'yours' ? 'your own price' : "the book's price"
  const names = aliases?.length ? `  also: ${aliases.join(', ')}\n` : ''
  if (periods.length === 0) return `${model}: unpriced; no source that could be checked lists a price.\n${names}`
  return `${model}: ${whose}, USD per million tokens\n${names}${periods.map(linesOf).join('')}`
}

function linesOf(period: PriceConfig | PricePeriod): string {
  const { sourceUrl = 'none stated', checkedOn = 'no day stated', ...figures } = period
  const lines = Object.entries(figures).map(
    ([name, value]) => `  ${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}\n`,
  )
  return `${lines.join('')}  source: ${sourceUrl}, checked on ${checkedOn}\n`
}
