import { DatabaseSync } from 'node:sqlite'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parseConfig } from '../../src/config.ts'
import { type Gateway, openGateway } from '../../src/gateway/index.ts'
import { openSeam, type Seam } from '../../src/index.ts'
import { cpuUs } from './cpu.ts'
import { serve } from './serve.ts'

/** What the gateway of a soak does. */
export type SoakGatewayCommands = {
  /** Opens it before a simulator on this port, events into this folder, and gives its own port. */
  listen(simulatorPort: number, folder: string): Promise<number>
  /** What it holds once the garbage is collected. */
  hold(): Holdings
  cpuUs(): number
  /** Ends it as SIGTERM would. */
  close(): Promise<void>
  /** Calls that are on the record, once it is closed. */
  recorded(): number
}

/** What a process holds. */
export interface Holdings {
  /** What lives on the heap, and in buffers outside of it, in bytes. */
  readonly liveBytes: number
  readonly rssBytes: number
  readonly inFlight: number
  /** Timers, sockets and the like, by kind. */
  readonly resources: Readonly<Record<string, number>>
}

let seam: Seam | undefined
let events = ''
let gateway: Gateway | undefined

/** Short clocks, so that what stalls does not stand around for the length of a soak; every way on that there is. */
const configuration = (port: number, folder: string) => `
providers:
  chat: { dialect: openai-chat, url: "http://127.0.0.1:${port}/v1", key: soak }
  responses: { dialect: openai-responses, url: "http://127.0.0.1:${port}/v1", key: soak }
  messages: { dialect: anthropic-messages, url: "http://127.0.0.1:${port}/v1", key: soak }
  gemini: { dialect: gemini, url: "http://127.0.0.1:${port}/v1beta", key: soak }
models:
  plain: { targets: [chat/sim-small, messages/sim-small], ${clocks} }
  spread: { targets: [{ target: responses/sim-small, weight: 1 }, { target: gemini/sim-small, weight: 1 }], ${clocks} }
  hedged: { targets: [messages/sim-small, chat/sim-small], hedge: { after: p95, budget: 20% }, ${clocks} }
  spliced: { targets: [gemini/sim-small, messages/sim-small], onInterrupted: splice, ${clocks} }
  held: { targets: [chat/sim-small, responses/sim-small], holdBack: whole, ${clocks} }
  shared: { targets: [messages/sim-small, gemini/sim-small], coalesce: true, cache: { ttl: 2s }, ${clocks} }
events: { store: sqlite, path: "${folder}/events.db" }
gateway: { keys: [{ name: soak, key: sk-soak }] }
prices: { sim-small: { input: 1, output: 5 } }
`

const clocks =
  'maxOutputTokens: 400, timeout: { connect: 1s, headers: 1s, firstToken: 1s, idle: 500ms, total: 3s }, retry: { base: 20ms, cap: 200ms }'

async function listen(port: number, folder: string): Promise<number> {
  events = `${folder}/events.db`
  const config = parseConfig(configuration(port, folder), { path: 'soak.yaml', env: {} })
  seam = await openSeam({ config })
  gateway = await openGateway({ ...config.gateway, port: 0, pipeline: seam })
  return Number(new URL(gateway.url).port)
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function hold(): Holdings {
  collectGarbage()
  const { heapUsed, external, rss } = process.memoryUsage()
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  return { liveBytes: heapUsed + external, rssBytes: rss, inFlight: gateway?.inFlight ?? 0, resources }
}

async function close(): Promise<void> {
  await gateway?.drain(5_000)
  await seam?.close()
}

function recorded(): number {
  const database = new DatabaseSync(events, { readOnly: true })
  const row = database.prepare('SELECT count(*) AS calls FROM calls').get()
  database.close()
  return Number(row?.calls)
}

serve({ listen, hold, cpuUs, close, recorded } satisfies SoakGatewayCommands)
