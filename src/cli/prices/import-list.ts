import { readFileSync, writeFileSync } from 'node:fs'
import { parsePriceFile } from '../../config.ts'
import { InseamError } from '../../errors/index.ts'
import { importPrices, type PriceList, recognisePrices } from '../../models/index.ts'

interface ImportOptions {
  readonly from?: PriceList
  readonly only?: string
  readonly out?: string
  readonly json?: boolean
}

/** Reads somebody's list, writes a price file of it, and says what was not taken. */
export function importList(file: string, { from, only, out, json = false }: ImportOptions): void {
  const list = readList(file)
  const known = from ?? recognisePrices(list)
  if (!known)
    throw new InseamError('invalid-request', `${file} is neither LiteLLM's list of prices nor models.dev's.`, {
      fix: 'Name the list with --from litellm or --from models.dev, and check that the file is the right one.',
    })
  const { models, notTaken } = importPrices(list, known, only === undefined ? undefined : matches(only))
  const count = Object.keys(models).length
  const text = priceFileOf(models, known)
  // What is written is what can be read: figures, days and names are checked once more as a reload checks them.
  parsePriceFile(text, out ?? 'prices.yaml')
  if (out !== undefined) writeFileSync(out, text)
  if (json)
    console.log(
      JSON.stringify({ from: known, taken: count, notTaken, ...(out === undefined && { models }) }, undefined, 2),
    )
  else if (out === undefined) process.stdout.write(text)
  const said = notTaken.map(({ name, why }) => `  ${name}: ${why}\n`).join('')
  if (!json)
    process.stderr.write(
      `${said && `Not taken:\n${said}`}${count} models from ${known}${out === undefined ? '' : `, written to ${out}`}.\n`,
    )
}

function readList(file: string) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new InseamError('invalid-request', `${file} cannot be read as JSON: ${said}.`, {
      fix: "Name LiteLLM's model_prices_and_context_window.json, or models.dev's api.json.",
      cause,
    })
  }
}

/** `*` stands for anything. */
function matches(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  const expression = new RegExp(`^${parts.join('.*')}$`)
  return (name) => expression.test(name)
}

/** One line a model: JSON is YAML. */
function priceFileOf(models: Readonly<Record<string, object>>, from: PriceList): string {
  const today = new Date().toISOString().slice(0, 10)
  const lines = Object.entries(models).map(([name, price]) => {
    const { sourceUrl, ...figures } = price as { readonly sourceUrl?: string }
    return `  ${JSON.stringify(name)}: ${JSON.stringify({ ...figures, source: sourceUrl ?? from, checkedOn: today })}\n`
  })
  return `# From ${from}, ${today}. USD per million tokens.\ncurrency: USD\nmodels:${lines.length === 0 ? ' {}' : ''}\n${lines.join('')}`
}
