import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from '../harness/benchmark.ts'
import { repository } from '../harness/run-script.ts'
import type { Machine } from './machine.ts'

/** A result, and when and on what it was measured. */
export interface Recorded extends Result {
  readonly date: string
  readonly machine: Machine
  readonly versions: Readonly<Record<string, string>>
}

/** Where results are written. Not part of the repository. */
export const resultsFolder: string = join(repository, 'bench/results')

/** Writes a result to a file of its own, over the last one of that name. */
export function record(result: Recorded): void {
  mkdirSync(resultsFolder, { recursive: true })
  writeFileSync(join(resultsFolder, `${result.name}.json`), `${JSON.stringify(result, undefined, 2)}\n`)
}

/** The last result of each benchmark in `names` that has one, in that order. */
export function readRecords(names: readonly string[]): Recorded[] {
  const files = new Set(readdirSync(resultsFolder))
  return names
    .filter((name) => files.has(`${name}.json`))
    .map((name) => JSON.parse(readFileSync(join(resultsFolder, `${name}.json`), 'utf8')))
}
