import { explainIssues } from './check.ts'
import type { PriceConfig } from './config.ts'
import { priceFileSchema } from './price-schema.ts'
import { readDocument } from './read-document.ts'
import { UnfitFile } from './read-small-file.ts'
import { report as createReport, type Report } from './report.ts'
import { resolvePrices } from './resolve-prices.ts'
import { reasonOf } from './substitute.ts'

/** The price list of a whole market has room in it. */
export const mostPriceBytes = 8 * 1024 ** 2
const mostNodes = 400_000

/**
 * Reads the file of prices that a configuration names. What is wrong with its place goes to the report of the configuration; what is
 * wrong within it throws `ConfigInvalid`, with the file's own name and lines.
 */
export function readPriceFile(
  path: string,
  readFile: (path: string) => string,
  report: Report,
): Record<string, PriceConfig[]> {
  let text: string
  try {
    text = readFile(path)
  } catch (error) {
    const [message, fix] =
      error instanceof UnfitFile
        ? [error.message, error.fix]
        : [
            `The price file ${path} cannot be read (${reasonOf(error)}).`,
            'Create it, or make it readable for this process.',
          ]
    report.add(['prices'], message, fix)
    return Object.create(null)
  }
  return parsePriceFile(text, path)
}

/** Reads prices from their text. `path`: what the file is called in messages. Throws `ConfigInvalid`, with every problem that was found. */
export function parsePriceFile(text: string, path = 'prices.yaml'): Record<string, PriceConfig[]> {
  const report = createReport(path, text)
  const value = readDocument(text, noVariables, report, mostNodes)
  report.throwIfAny()
  const checked = priceFileSchema.safeParse(value ?? {}, { reportInput: true })
  if (!checked.success) explainIssues(checked.error.issues, [], report)
  report.throwIfAny()
  const prices = resolvePrices(checked.data?.models, ['models'], report)
  report.throwIfAny()
  return prices
}

/** Prices are no secrets and depend on no machine. */
const noVariables = {
  variable: () => undefined,
  similar: () => undefined,
  file: () => {
    throw new UnfitFile('A price file names no other files.', 'Write the figure itself.')
  },
}
