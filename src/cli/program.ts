import { Command, CommanderError } from 'commander'
import { isInseamError } from '../errors/index.ts'
import { budgetsCommand } from './budgets.ts'
import { completionCommand } from './completion.ts'
import { configCommand } from './config.ts'
import { costCommand } from './cost.ts'
import { demoCommand } from './demo.ts'
import { evalCommand } from './eval.ts'
import { eventsCommand } from './events.ts'
import { explainCommand } from './explain.ts'
import { initCommand } from './init.ts'
import { keysCommand } from './keys.ts'
import { meanSources } from './mean-sources.ts'
import { migrateCommand } from './migrate.ts'
import { modelsCommand } from './models.ts'
import { pricesCommand } from './prices/prices.ts'
import { simulateCommand } from './simulate.ts'
import { tryCommand } from './try.ts'
import { upCommand } from './up.ts'
import { version } from './version.ts'

/** Runs the command that the process was started with. Never rejects: what fails is said, and is in the exit code. */
export async function runProgram(): Promise<void> {
  meanSources()
  const program = new Command('inseam')
    .description('The production seam between your features and language models.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride()

  for (const register of [
    upCommand,
    demoCommand,
    initCommand,
    tryCommand,
    modelsCommand,
    pricesCommand,
    evalCommand,
    explainCommand,
    eventsCommand,
    costCommand,
    keysCommand,
    budgetsCommand,
    migrateCommand,
    simulateCommand,
    configCommand,
    completionCommand,
  ])
    register(program)

  // Whoever reads our output may stop reading: `inseam events tail | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    console.error(`Nothing can be written to standard output: ${error.message}`)
    process.exit(1)
  })
  process.stderr.on('error', () => undefined)
  try {
    await program.parseAsync()
  } catch (thrown) {
    process.exitCode = report(thrown)
  }
}

/** Says what failed and how to mend it; 2 where the user can mend it, else 1. */
function report(thrown: unknown): number {
  // Commander has said it already; help that was asked for is no failure.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
  if (!isInseamError(thrown)) {
    console.error(thrown)
    return 1
  }
  console.error(thrown.message)
  if (!thrown.message.includes(thrown.fix)) console.error(`\n  Fix: ${thrown.fix}`)
  return thrown.code === 'internal-error' ? 1 : 2
}
