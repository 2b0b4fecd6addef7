import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchmarks } from './benchmarks/index.ts'
import { runBenchmark } from './harness/run-benchmark.ts'
import { describeMachine } from './report/machine.ts'
import { page } from './report/page.ts'
import { type Recorded, readRecords, record, resultsFolder } from './report/record.ts'
import { table } from './report/table.ts'
import { versionsCompared } from './report/versions.ts'

const usage = `npm run bench -- [--only <name>]... [--pairs <number>] [--quick] [--json]

Runs peers and Inseam in one run and reports ratios: medians over rounds in which each is measured once.

  --only    one benchmark; may be repeated. There are: ${benchmarks.map(({ name }) => name).join(', ')}
  --pairs   rounds that count, after one that does not. Default 5
  --quick   a fifth of the work, for orientation
  --json    print the results as JSON instead of tables`

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    pairs: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (options.help) console.log(usage)
else await run(chosen(options.only), pairsOf(options.pairs))

async function run(asked: typeof benchmarks, pairs: number): Promise<void> {
  const versions = versionsCompared()
  const records: Recorded[] = []
  for (const benchmark of asked) {
    const machine = describeMachine()
    const result = await runBenchmark(benchmark, { pairs, isQuick: options.quick, onProgress: showProgress })
    const recorded: Recorded = { ...result, date: new Date().toISOString(), machine, versions }
    record(recorded)
    records.push(recorded)
    showProgress('')
    if (!options.json) console.log(`${table(recorded)}\n`)
  }
  const file = join(resultsFolder, 'index.html')
  writeFileSync(file, page(readRecords(benchmarks.map(({ name }) => name))))
  if (options.json) console.log(JSON.stringify(records, undefined, 2))
  else console.log('Charts: bench/results/index.html')
}

/** One line that is overwritten; nothing where nobody watches. */
function showProgress(progress: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${progress}`)
}

function chosen(names: readonly string[] | undefined): typeof benchmarks {
  if (!names) return benchmarks
  const unknown = names.find((name) => !benchmarks.some((benchmark) => benchmark.name === name))
  if (unknown === undefined) return benchmarks.filter(({ name }) => names.includes(name))
  console.error(`There is no benchmark "${unknown}".\n\n${usage}`)
  process.exit(2)
}

function pairsOf(text: string): number {
  const pairs = Number(text)
  if (Number.isInteger(pairs) && pairs > 0) return pairs
  console.error(`"${text}" is no number of pairs.\n\n${usage}`)
  process.exit(2)
}
