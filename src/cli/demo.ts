import { type Command, InvalidArgumentError } from 'commander'
import { createLiveCalls } from '../admin/index.ts'
import { openGateway } from '../gateway/index.ts'
import { openSeam, type Seam } from '../index.ts'
import { openKeys } from '../open-keys.ts'
import { type Scenario, type Simulator, startSimulator } from '../simulator/index.ts'
import { demoConfig } from './demo/demo-config.ts'
import { demoText } from './demo/demo-text.ts'
import { everydayFaults } from './demo/everyday-faults.ts'
import { cardAgent, draftReply, helpdeskFeature } from './demo/features.ts'
import { readQuestions } from './demo/read-questions.ts'
import { sendQuestions } from './demo/send-questions.ts'
import { showStatus } from './demo/show-status.ts'
import { createTally } from './demo/tally.ts'
import { triageFeature } from './demo/triage.ts'
import type { FoundConfig } from './find-config.ts'
import { openPage } from './open-page.ts'
import { parsePort } from './parse-port.ts'
import { untilToldToStop } from './until-told-to-stop.ts'

/** `inseam demo`: customers' questions on a simulator that fails now and then, while the page fills. */
export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('Watch questions of customers flow through a triage cascade on the simulator, with faults.')
    .option('--rate <number>', 'questions a second, 20 at most', readRate, 3)
    .option('--calls <number>', 'end after so many questions (default: with Ctrl-C)', readCount)
    .option('-p, --port <number>', 'the port of the gateway (default: any that is free)', parsePort)
    .option('--admin-port <number>', 'the port of the page (default: 4001, or the next one that is free)', parsePort)
    .option('--json', 'print a line of JSON at the start and one at the end')
    .action(demo)
}

interface DemoOptions {
  readonly rate: number
  readonly calls?: number
  readonly port?: number
  readonly adminPort?: number
  readonly json?: boolean
}

/** The demo keeps its own record and its own index, apart from the user's. */
const eventsPath = '.inseam/demo/events.db'
const indexPath = '.inseam/demo/documents.db'
const statePath = '.inseam/demo/state.db'

async function demo(options: DemoOptions): Promise<void> {
  const simulator = await startSimulator({ scenario: everydayFaults, pace: { firstTokenMs: 150, tokenMs: 4 } })
  try {
    const live = createLiveCalls()
    const tally = createTally()
    const config = demoConfig(simulator.url, { eventsPath, statePath })
    const seam = await openSeam({
      config,
      onEvent: (event) => {
        live.hear(event)
        tally.hear(event)
      },
    })
    try {
      const found: FoundConfig = {
        config,
        origin: 'the simulator of the demo',
        isSimulated: true,
        simulator: keepingEverydayFaults(simulator),
        close: async () => undefined,
      }
      await run({ seam, found, live, tally }, options)
    } finally {
      await seam.close()
    }
  } finally {
    await simulator.close()
  }
}

/** What the demo runs on. */
interface Setting {
  readonly seam: Seam
  readonly found: FoundConfig
  readonly live: ReturnType<typeof createLiveCalls>
  readonly tally: ReturnType<typeof createTally>
}

async function run({ seam, found, live, tally }: Setting, { rate, calls, port = 0, adminPort, json }: DemoOptions) {
  const { origin, questions } = await readQuestions()
  // A sixth of the questions has been decided by people, and is looked up.
  const triage = triageFeature(questions.filter((_, index) => index % 6 === 0))
  const helpdesk = helpdeskFeature(indexPath)
  const features = [triage, helpdesk, draftReply, cardAgent]
  await using keys = await openKeys(found.config, seam)
  const gateway = await openGateway({ ...found.config.gateway, port, pipeline: seam, features, ring: keys.ring })
  const page = await openPage({
    seam,
    openBreakers: () => seam.openBreakers(),
    found,
    keys,
    live,
    gatewayUrl: gateway.url,
    problems: () => [],
    port: adminPort,
  })
  const stop = new AbortController()
  const told = untilToldToStop({ onHangUp: true }).then(() => stop.abort())

  if (json) console.log(JSON.stringify({ url: gateway.url, page: page?.link, questions: origin, events: eventsPath }))
  else console.log(demoText({ gatewayUrl: gateway.url, page, origin, eventsPath }))
  const endStatus = json ? () => undefined : showStatus(tally, process.stdout)
  try {
    const count = calls ?? Number.POSITIVE_INFINITY
    await sendQuestions({ seam, triage, helpdesk, questions, rate, count, signal: stop.signal })
    if (calls === undefined) await told
  } finally {
    endStatus()
    await page?.close()
    await gateway.drain()
  }
  if (json) console.log(JSON.stringify(tally.counts()))
  else console.log(`\n  Every call is on the record: ${eventsPath}\n`)
}

/** What the page breaks comes before what happens every day, and not in its place. */
function keepingEverydayFaults(simulator: Simulator): Simulator {
  const setScenario = (scenario: Scenario) =>
    simulator.setScenario({ ...scenario, rules: [...scenario.rules, ...everydayFaults.rules] })
  return { ...simulator, setScenario }
}

function readRate(text: string): number {
  const rate = Number(text)
  if (rate > 0 && rate <= 20) return rate
  throw new InvalidArgumentError('It must be a number above 0, and 20 at most.')
}

function readCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1) return count
  throw new InvalidArgumentError('It must be a whole number of 1 or more.')
}
