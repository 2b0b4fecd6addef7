import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { SoakGatewayCommands } from '../children/soak-gateway.ts'
import type { SoakLoadCommands } from '../children/soak-load.ts'
import type { SoakSimulatorCommands } from '../children/soak-simulator.ts'
import { startChild } from '../harness/child.ts'
import { growth, judge, mb, type Sample, type Soaked } from './judge.ts'

const usage = `npm run soak -- [--minutes <number>] [--concurrency <number>] [--seed <number>] [--json]

Asks a gateway without pause, in four dialects, streamed and whole, while its providers fail in every way that the simulator knows
and clients leave; then looks whether its memory is flat, every answer whole or an error, and nothing left behind.

  --minutes      how long. Default 60
  --concurrency  calls at a time. Default 64
  --seed         what the faults are drawn from. Default 1
  --json         print the result as JSON

It exits with 1 where something is wrong.`

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    concurrency: { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (options.help) console.log(usage)
else await run(above0(options.minutes), above0(options.concurrency), above0(options.seed))

async function run(minutes: number, concurrency: number, seed: number): Promise<void> {
  const soaked = await soak(minutes * 60, concurrency, seed)
  const problems = judge(soaked)
  if (options.json) console.log(JSON.stringify({ ...soaked, problems }, undefined, 2))
  else tell(soaked, problems, minutes)
  process.exitCode = problems.length > 0 ? 1 : 0
}

async function soak(seconds: number, concurrency: number, seed: number): Promise<Soaked> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'inseam-soak-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const simulator = stack.use(startChild<SoakSimulatorCommands>('soak-simulator.ts'))
  const gateway = stack.use(startChild<SoakGatewayCommands>('soak-gateway.ts'))
  const load = stack.use(startChild<SoakLoadCommands>('soak-load.ts'))
  const port = await gateway.ask('listen', await simulator.ask('listen', seed), folder)
  await load.ask('start', port, concurrency)

  const samples: Sample[] = []
  const startedAt = performance.now()
  const everyMs = Math.max(1_000, (seconds * 1_000) / 120)
  for (;;) {
    await sleep(Math.min(everyMs, Math.max(0, startedAt + seconds * 1_000 - performance.now())))
    const atSeconds = (performance.now() - startedAt) / 1_000
    const sample = { atSeconds, ...(await gateway.ask('hold')) }
    samples.push(sample)
    const { counts } = await load.ask('tally')
    showProgress(atSeconds, seconds, sample, counts.complete)
    if (atSeconds >= seconds) break
  }
  const tally = await load.ask('stop')
  const exchanges = await simulator.ask('idle')
  // What nobody waits for any more (a late usage, a closed socket) has this long to go.
  await sleep(1_500)
  const rest = await gateway.ask('hold')
  await gateway.ask('close')
  return { samples, rest, tally, exchanges, recorded: await gateway.ask('recorded') }
}

/** One line that is overwritten; nothing where nobody watches. */
function showProgress(at: number, of: number, { liveBytes, rssBytes }: Sample, complete: number): void {
  if (!process.stderr.isTTY) return
  const width = 30
  const done = Math.min(width, Math.round((at / of) * width))
  const bar = `${'█'.repeat(done)}${'░'.repeat(width - done)}`
  process.stderr.write(
    `\r\u001b[K${bar} ${Math.round(at)} of ${Math.round(of)} s   ${mb(liveBytes)} live, ${mb(rssBytes)} resident   ${complete} answers`,
  )
}

function tell({ samples, tally, exchanges, recorded }: Soaked, problems: readonly string[], minutes: number): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  const { early, late } = growth(samples)
  const { complete, refused, 'failed midway': failed, left } = tally.counts
  console.log(`\n  ${minutes} min of mixed faults: ${recorded} calls, ${exchanges} requests to the providers`)
  console.log(
    `  ${complete} whole answers, ${refused} errors before an answer, ${failed} in the middle of one, ${left} left by their clients`,
  )
  console.log(`\n  live memory  ${curve(samples.map(({ liveBytes }) => liveBytes))}  ${mb(early)}, then ${mb(late)}`)
  console.log(
    `  resident     ${curve(samples.map(({ rssBytes }) => rssBytes))}  ${mb(samples.at(-1)?.rssBytes ?? 0)}\n`,
  )
  if (problems.length === 0)
    console.log('  Memory is flat, every answer was whole or an error, and nothing is left behind.')
  else for (const problem of problems) console.log(`  WRONG: ${problem}`)
}

/** A line of blocks from nothing to the most. */
function curve(values: readonly number[]): string {
  const most = Math.max(...values)
  const blocks = '▁▂▃▄▅▆▇█'
  const step = Math.max(1, Math.floor(values.length / 40))
  return values
    .filter((_, index) => index % step === 0)
    .map((value) => blocks[Math.min(7, Math.floor((value / most) * 8))])
    .join('')
}

function above0(text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  console.error(`"${text}" is not a number above 0.\n\n${usage}`)
  process.exit(2)
}
