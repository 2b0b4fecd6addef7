import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { parse } from 'yaml'
import { checkScenario, faults, type Scenario, startSimulator } from '../simulator/index.ts'

/** `inseam simulate`: the provider that fails on demand, by itself. */
export function simulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('Run a simulated provider that speaks every dialect and fails on demand.')
    .option('-p, --port <number>', 'the port to listen on', number, 4100)
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
  const simulator = await startSimulator({
    port,
    seed,
    scenario: scenario === undefined ? undefined : await readScenario(scenario),
    pace: { firstTokenMs: firstToken, tokenMs: token },
  })
  if (json) console.log(JSON.stringify({ url: simulator.url }))
  else {
    console.log(`\n  The simulator listens at ${simulator.url}; any key will do.`)
    console.log(`    OpenAI     base URL ${simulator.url}/v1    models sim-small, sim-large`)
    console.log(`    Anthropic  base URL ${simulator.url}`)
    console.log(`  Make it fail with a model name such as sim-small+stall; --help lists the faults.`)
    console.log(`  What it would bill: ${simulator.url}/simulator/invoice\n`)
  }
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await simulator.close()
}

async function readScenario(path: string): Promise<Scenario> {
  return checkScenario(parse(await readFile(path, 'utf8')))
}

function faultList(): string {
  const width = Math.max(...faults.map(({ name }) => name.length))
  return faults.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`).join('\n')
}

function number(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number of 0 or more.')
}
