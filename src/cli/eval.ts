import { access, constants, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { InseamError } from '../errors/index.ts'
import type { EvalOptions } from './eval-options.ts'
import { runFoundSuites } from './eval-run.ts'
import { withSeam } from './with-seam.ts'

/** `inseam eval`: runs suites through the pipeline that production calls, and says whether something broke. */
export function evalCommand(program: Command): void {
  program
    .command('eval')
    .description('Run suites of cases, compare them with their baselines, and say whether something broke.')
    .argument('[paths...]', 'files, or folders with *.eval.ts (default: `features:` of inseam.yaml, or this folder)')
    .option('-c, --config <file>', 'the configuration file (default: inseam.yaml, if there is one)')
    .option('--simulate', 'use the simulator, whatever keys there are')
    .option('--filter <text>', 'only cases with this in their id, or with this tag')
    .option('--concurrency <number>', 'cases at the same time (default: what the suite says, or 8)', count)
    .option('--max-cost <usd>', 'begin no case once this much is spent, over all suites', amount)
    .option('--min-pass <share>', 'the share that must pass: 0.9, or 90%', share)
    .option('--max-unclear <number>', 'cases of a suite that may stay unclear', amount, 0)
    .option('--strict', 'fail on any broken case, and where the interval reaches below --min-pass')
    .option('--update-baseline', 'accept what this run gives: later runs are compared with it')
    .option('--no-baseline', 'compare with nothing')
    .option('--json', 'print the reports as JSON')
    .option('--junit <file>', 'write the cases as JUnit XML')
    .option('-q, --quiet', 'show no progress, and no report of a suite that passed')
    .addHelpText('after', exitCodes)
    .action(evaluate)
}

const exitCodes = `
Exit codes:
  0  passed: nothing broke, or with --update-baseline, the run was accepted
  1  regressed, or failed: a case that must pass fails, --min-pass is not reached, cases fail and there is no baseline,
     or more broke than chance explains (McNemar p < 0.05; with --strict, any)
  2  could not run: a suite, its cases or the configuration cannot be used
  3  not enough evidence: some cases broke but no more than chance explains, some are unclear, a new case fails,
     or the run was cut short by the money limit or a signal
`

async function evaluate(paths: readonly string[], options: EvalOptions): Promise<void> {
  // Looked at before anything is spent.
  if (options.junit !== undefined)
    await orUnwritable(options.junit, () => access(dirname(options.junit!), constants.W_OK))
  await withSeam(options, async (seam, { config }) => {
    const { exitCode, json, junit } = await runFoundSuites(seam, config, paths, options)
    if (options.junit !== undefined) await orUnwritable(options.junit, () => writeFile(options.junit!, junit))
    if (options.json) process.stdout.write(`${JSON.stringify(json, undefined, 2)}\n`)
    process.exitCode = exitCode
  })
}

async function orUnwritable(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new InseamError('invalid-request', `${path} cannot be written: ${said}.`, {
      fix: 'Name a file in a folder that is there and can be written.',
      cause,
    })
  }
}

function count(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value <= 1_000) return value
  throw new InvalidArgumentError('It must be a whole number from 1 to 1000.')
}

function amount(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError('It must be a number of 0 or more.')
}

function share(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a share from 0 to 1, or a percentage: 0.9, or 90%.')
}
