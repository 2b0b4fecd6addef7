import { availableParallelism } from 'node:os'
import { type Command, InvalidArgumentError } from 'commander'
import { type Admin, createLiveCalls, type LiveCalls } from '../admin/index.ts'
import type { Config } from '../config.ts'
import { type Gateway, openGateway } from '../gateway/index.ts'
import { openSeam, type Seam } from '../index.ts'
import { type Keys, openKeys } from '../open-keys.ts'
import { loadFeatures, modelNameOf } from '../patterns/index.ts'
import { type FoundConfig, findConfig } from './find-config.ts'
import { openPage } from './open-page.ts'
import { parsePort } from './parse-port.ts'
import { sayIndexing } from './say-indexing.ts'
import { untilToldToStop } from './until-told-to-stop.ts'
import type { UpOptions } from './up-options.ts'
import { type WatchedConfig, watchConfig } from './watch-config.ts'
import { welcome } from './welcome.ts'
import { sayLeaving, sayStopped, whatIsLost } from './words-of-leaving.ts'
import { serveByWorkers } from './workers/serve-by-workers.ts'

/** `inseam up`: the gateway on the embedded store. */
export function upCommand(program: Command): void {
  program
    .command('up')
    .description('Start the gateway: inseam.yaml, or your keys, or a local model server, or else the simulator.')
    .option('-c, --config <file>', 'the configuration file (default: inseam.yaml, if there is one)')
    .option('-p, --port <number>', 'the port to listen on', parsePort)
    .option('--host <address>', 'the address to listen on')
    .option('--workers <number>', 'processes that serve behind the one address; auto: one a core', parseWorkers)
    .option('--admin-port <number>', 'the port of the page (default: 4001, or the next one that is free)', parsePort)
    .option('--no-page', 'serve no page')
    .option('--simulate', 'use the simulator, whatever keys there are')
    .option('--json', 'print one line of JSON instead of the welcome')
    .action(up)
}

async function up(options: UpOptions): Promise<void> {
  const found = await findConfig(options)
  try {
    const { workers = found.config.gateway.workers } = options
    const count = workers === 'auto' ? availableParallelism() : workers
    await (count === 1 ? serveHere(found, options) : serveByWorkers(found, count, options))
  } finally {
    await found.close()
  }
}

function parseWorkers(text: string): number | 'auto' {
  if (text === 'auto') return text
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= 256) return count
  throw new InvalidArgumentError('It must be a whole number from 1 to 256, or auto.')
}

async function serveHere(found: FoundConfig, options: UpOptions): Promise<void> {
  const live = createLiveCalls()
  const seam = await openSeam({ config: found.config, onIndexing: sayIndexing(), onEvent: live.hear })
  try {
    await using keys = await openKeys(found.config, seam)
    await serve({ seam, keys, found, live }, options)
  } finally {
    await seam.close()
  }
}

interface Serving {
  readonly seam: Seam
  readonly keys: Keys
  readonly found: FoundConfig
  readonly live: LiveCalls
}

async function serve({ seam, keys, found, live }: Serving, options: UpOptions): Promise<void> {
  const { config, file } = found
  const features = await loadFeatures(config.features)
  let watched: WatchedConfig | undefined
  const problems = () => (watched?.problem === undefined ? [] : [watched.problem])
  const gateway = await openGateway({
    ...config.gateway,
    host: options.host ?? config.gateway.host,
    port: options.port ?? config.gateway.port,
    pipeline: seam,
    ring: keys.ring,
    features,
    problems,
    degraded: () => [...seam.problems(), ...keys.problems()],
  })
  let page: Admin | undefined
  try {
    if (options.page)
      page = await openPage({
        seam,
        openBreakers: () => seam.openBreakers(),
        found,
        keys,
        features: features.map(({ name }) => name),
        live,
        gatewayUrl: gateway.url,
        problems,
        port: options.adminPort,
      })
    // Listened for before the first line is printed: whoever waits for it may send one at once.
    const told = untilToldToStop({
      onHangUp: file === undefined,
      lastWords: () => whatIsLost(gateway.inFlight, seam.unflushed()),
    })
    watched = file && watchConfig({ ...file, files: config.files, use: putInForce(seam, gateway) })
    const { url } = gateway
    if (options.json)
      console.log(JSON.stringify({ url, origin: found.origin, simulated: found.isSimulated, page: page?.link }))
    else console.log(welcome({ url, found, models: seam.models(), features: features.map(modelNameOf), page }))

    const signal = await told
    watched?.stop()
    await page?.close()
    // Whoever sits at a terminal is no balancer.
    await stop({ gateway, seam, config, noticeMs: signal === 'SIGTERM' ? config.gateway.drainNoticeMs : 0 })
  } finally {
    await page?.close()
    await gateway.drain(0)
  }
}

function putInForce(seam: Seam, gateway: Gateway): (config: Config) => void {
  return (config) => {
    // The gateway may refuse its keys; nothing else is changed before that.
    gateway.useKeys(config.gateway)
    seam.reload(config)
  }
}

interface Stop {
  readonly gateway: Gateway
  readonly seam: Seam
  readonly config: Config
  readonly noticeMs: number
}

/** The order of leaving: balancers notice, no new calls, those under way end, the record is durable, then the process may go. */
async function stop({ gateway, seam, config, noticeMs }: Stop): Promise<void> {
  sayLeaving(gateway.inFlight, noticeMs)
  await gateway.drain(config.gateway.drainTimeoutMs, noticeMs)
  await seam.flush()
  sayStopped(config)
}
