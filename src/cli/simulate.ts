import { type Command, InvalidArgumentError } from 'commander'
import { InseamError } from '../errors/index.ts'
import { type AddressKind, type Simulator, type SimulatorOptions, startSimulator } from '../simulator/index.ts'
import { parsePort } from './parse-port.ts'
import { readScenario, scenarioOf } from './read-scenario.ts'
import { simulateHelp } from './simulate-help.ts'
import { untilToldToStop } from './until-told-to-stop.ts'
import { fingerprint } from './watch-file.ts'
import { watchScenario } from './watch-scenario.ts'

/** `inseam simulate`: the provider that fails on demand, by itself. */
export function simulateCommand(program: Command): void {
  const command = program
    .command('simulate')
    .description('Run a simulated provider that speaks every dialect and fails on demand.')
    .option('-p, --port <number>', 'the port to listen on', parsePort, 4100)
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--scenario <file>', 'what it does, as YAML or JSON; read again when it changes')
    .option('--fault <fault>', 'a fault that strikes; repeatable, then they take turns', gathered)
    .option('--tls', 'also speak TLS, well and badly, at addresses of their own')
    .option('--seed <number>', 'the same seed gives the same answers', number, 1)
    .option('--first-token <ms>', 'how long it thinks before the first token', number, 250)
    .option('--token <ms>', 'how long it takes for each further token', number, 15)
    .option('--json', 'print one line of JSON instead of the welcome')
    .addHelpText('after', simulateHelp)
    .action(simulate)
  command.options.find(({ long }) => long === '--fault')?.conflicts('scenario')
}

interface SimulateOptions {
  readonly port: number
  readonly host: string
  readonly scenario?: string
  readonly fault?: readonly string[]
  readonly tls?: boolean
  readonly seed: number
  readonly firstToken: number
  readonly token: number
  readonly json?: boolean
}

async function simulate(options: SimulateOptions): Promise<void> {
  const { port, host, seed, firstToken, token, scenario: path, fault = [] } = options
  const seen = path === undefined ? '' : await fingerprint(path)
  const scenario = path === undefined ? scenarioOf(fault) : await readScenario(path)
  const simulator = await listen({ port, host, seed, scenario, pace: { firstTokenMs: firstToken, tokenMs: token } })
  let unwatch: (() => void) | undefined
  try {
    const tls = options.tls ? await tlsOf(simulator) : undefined
    // Listened for before the first line is printed: whoever waits for it may send one at once.
    const told = untilToldToStop({ onHangUp: true })
    unwatch = path === undefined ? undefined : watchScenario({ path, seen, use: simulator.setScenario })
    const { url, refusedUrl } = simulator
    console.log(options.json ? JSON.stringify({ url, refusedUrl, ...tls }) : welcome(url, tls, path))
    await told
  } finally {
    unwatch?.()
    await simulator.close()
  }
}

/** Where TLS is spoken, and whom to trust there. */
interface Tls {
  readonly addresses: Readonly<Partial<Record<AddressKind, string>>>
  /** A certificate in PEM. */
  readonly authority: string
}

const tlsKinds = ['tls', 'tls-expired', 'tls-wrong-host', 'tls-untrusted', 'stalled-tls'] as const

async function tlsOf(simulator: Simulator): Promise<Tls> {
  try {
    const opened = tlsKinds.map(async (kind) => [kind, await simulator.address(kind)] as const)
    return { addresses: Object.fromEntries(await Promise.all(opened)), authority: await simulator.authority() }
  } catch (cause) {
    throw new InseamError('config-invalid', cause instanceof Error ? cause.message : String(cause), {
      fix: 'Install both, or leave --tls out.',
      cause,
    })
  }
}

function welcome(url: string, tls: Tls | undefined, scenario: string | undefined): string {
  const lines = [
    '',
    `  The simulator listens at ${url}; any key will do.`,
    `    OpenAI                      base URL ${url}/v1`,
    `    Anthropic, Gemini, Bedrock  base URL ${url}`,
    ...Object.entries(tls?.addresses ?? {}).map(([kind, address]) => `    ${kind.padEnd(26)}  ${address}`),
    ...(tls ? [`    Whom to trust there         ${url}/simulator/addresses/tls, "authority"`] : []),
    '  Models: sim-small and sim-large answer, sim-embed gives vectors.',
    scenario === undefined
      ? '  Make it fail with a model name such as sim-small+stall; --help lists the faults.'
      : `  It does what ${scenario} says, and reads it again when it changes.`,
    `  What arrived, and what it costs: ${url}/simulator/log and /simulator/invoice`,
    '',
  ]
  return lines.join('\n')
}

async function listen(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator(options)
  } catch (cause) {
    const at = `port ${options.port} of ${options.host}`
    if (codeOf(cause) === 'EADDRINUSE') {
      throw new InseamError('config-invalid', `The simulator cannot listen on ${at}: something else listens there.`, {
        fix: 'Stop the other process, or choose another port: --port 0 takes a free one.',
        cause,
      })
    }
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new InseamError('config-invalid', `The simulator cannot listen on ${at}: ${said}.`, {
      fix: 'Give an address of this machine with --host (127.0.0.1, or 0.0.0.0 for all), and a port that you may use.',
      cause,
    })
  }
}

const codeOf = (cause: unknown) => (cause instanceof Error && 'code' in cause ? cause.code : undefined)

const gathered = (fault: string, before: readonly string[] = []): readonly string[] => [...before, fault]

function number(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number of 0 or more.')
}
