import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { parse } from 'yaml'
import { InseamError } from '../errors/index.ts'
import {
  checkScenario,
  faults,
  type Scenario,
  ScenarioInvalid,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../simulator/index.ts'
import { parsePort } from './parse-port.ts'

/** `inseam simulate`: the provider that fails on demand, by itself. */
export function simulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('Run a simulated provider that speaks every dialect and fails on demand.')
    .option('-p, --port <number>', 'the port to listen on', parsePort, 4100)
    .option('--scenario <file>', 'what it does, as YAML or JSON')
    .option('--seed <number>', 'the same seed gives the same answers', number, 1)
    .option('--first-token <ms>', 'how long it thinks before the first token', number, 250)
    .option('--token <ms>', 'how long it takes for each further token', number, 15)
    .option('--json', 'print one line of JSON instead of the welcome')
    .addHelpText(
      'after',
      () => `\nFaults, as a model name (sim-small+stall@2), the header x-simulate, or in a scenario:\n${faultList()}`,
    )
    .action(simulate)
}

interface SimulateOptions {
  readonly port: number
  readonly scenario?: string
  readonly seed: number
  readonly firstToken: number
  readonly token: number
  readonly json?: boolean
}

async function simulate({ port, scenario, seed, firstToken, token, json }: SimulateOptions): Promise<void> {
  const simulator = await listen({
    port,
    seed,
    scenario: scenario === undefined ? undefined : await readScenario(scenario),
    pace: { firstTokenMs: firstToken, tokenMs: token },
  })
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve())
  })
  if (json) console.log(JSON.stringify({ url: simulator.url }))
  else {
    console.log(`\n  The simulator listens at ${simulator.url}; any key will do.`)
    console.log(`    OpenAI                      base URL ${simulator.url}/v1`)
    console.log(`    Anthropic, Gemini, Bedrock  base URL ${simulator.url}`)
    console.log('  Models: sim-small and sim-large answer, sim-embed gives vectors.')
    console.log(`  Make it fail with a model name such as sim-small+stall; --help lists the faults.`)
    console.log(`  What it would bill: ${simulator.url}/simulator/invoice\n`)
  }
  await told
  await simulator.close()
}

async function listen(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator(options)
  } catch (cause) {
    const why = isTaken(cause) ? 'something else listens there' : saidBy(cause)
    throw new InseamError('config-invalid', `The simulator cannot listen on port ${options.port}: ${why}.`, {
      fix: 'Stop the other process, or choose another port: --port 0 takes a free one.',
      cause,
    })
  }
}

async function readScenario(path: string): Promise<Scenario> {
  try {
    return checkScenario(parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new InseamError('config-invalid', `${path}  ${saidBy(cause)}`, {
      fix:
        cause instanceof ScenarioInvalid
          ? 'Correct that place of the scenario; `inseam simulate --help` lists the faults.'
          : 'Name a file that is there and is YAML or JSON.',
      cause,
    })
  }
}

const isTaken = (cause: unknown) => cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'

const saidBy = (cause: unknown) =>
  (cause instanceof Error ? cause.message : String(cause)).trim().replaceAll(/\n\s*\n/g, '\n')

function faultList(): string {
  const width = Math.max(...faults.map(({ name }) => name.length))
  return faults.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`).join('\n')
}

function number(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number of 0 or more.')
}
