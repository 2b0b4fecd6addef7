import type { Command } from 'commander'
import { type Admin, createLiveCalls, type LiveCalls } from '../admin/index.ts'
import type { Config } from '../config.ts'
import { type Gateway, openGateway } from '../gateway/index.ts'
import type { Seam } from '../index.ts'
import { loadFeatures, modelNameOf } from '../patterns/index.ts'
import type { FoundConfig } from './find-config.ts'
import { openPage } from './open-page.ts'
import { parsePort } from './parse-port.ts'
import { untilToldToStop } from './until-told-to-stop.ts'
import { type WatchedConfig, watchConfig } from './watch-config.ts'
import { say, welcome } from './welcome.ts'
import { withSeam } from './with-seam.ts'

/** `inseam up`: the gateway on the embedded store. */
export function upCommand(program: Command): void {
  program
    .command('up')
    .description('Start the gateway: inseam.yaml, or your keys, or a local model server, or else the simulator.')
    .option('-c, --config <file>', 'the configuration file (default: inseam.yaml, if there is one)')
    .option('-p, --port <number>', 'the port to listen on', parsePort)
    .option('--host <address>', 'the address to listen on')
    .option('--admin-port <number>', 'the port of the page (default: 4001, or the next one that is free)', parsePort)
    .option('--no-page', 'serve no page')
    .option('--simulate', 'use the simulator, whatever keys there are')
    .option('--json', 'print one line of JSON instead of the welcome')
    .action(up)
}

interface UpOptions {
  readonly config?: string
  readonly port?: number
  readonly host?: string
  readonly adminPort?: number
  readonly page: boolean
  readonly simulate?: boolean
  readonly json?: boolean
}

async function up(options: UpOptions): Promise<void> {
  const live = createLiveCalls()
  await withSeam({ ...options, onEvent: live.hear }, (seam, found) => serve(seam, found, live, options))
}

async function serve(seam: Seam, found: FoundConfig, live: LiveCalls, options: UpOptions): Promise<void> {
  const { config, file } = found
  const features = await loadFeatures(config.features)
  let watched: WatchedConfig | undefined
  const problems = () => (watched?.problem === undefined ? [] : [watched.problem])
  const gateway = await openGateway({
    ...config.gateway,
    host: options.host ?? config.gateway.host,
    port: options.port ?? config.gateway.port,
    pipeline: seam,
    features,
    problems,
  })
  let page: Admin | undefined
  try {
    if (options.page)
      page = await openPage({ seam, found, live, gatewayUrl: gateway.url, problems, port: options.adminPort })
    // Listened for before the first line is printed: whoever waits for it may send one at once.
    const told = untilToldToStop(file === undefined)
    watched = file && watchConfig({ ...file, use: putInForce(seam, gateway) })
    const { url } = gateway
    if (options.json)
      console.log(JSON.stringify({ url, origin: found.origin, simulated: found.isSimulated, page: page?.link }))
    else console.log(welcome({ url, found, models: seam.models(), features: features.map(modelNameOf), page }))

    await told
    watched?.stop()
    await page?.close()
    await stop(gateway, seam, config)
  } finally {
    await page?.close()
    await gateway.drain(0)
  }
}

function putInForce(seam: Seam, gateway: Gateway): (config: Config) => void {
  return (config) => {
    // The gateway may refuse its keys; nothing else is changed before that.
    gateway.useKeys(config.gateway.keys)
    seam.reload(config)
  }
}

/** The order of leaving: no new calls, those under way end, the record is durable, then the process may go. */
async function stop(gateway: Gateway, seam: Seam, config: Config): Promise<void> {
  const { inFlight } = gateway
  if (inFlight > 0)
    say(`Waiting for ${inFlight} ${inFlight === 1 ? 'call' : 'calls'} under way. Press Ctrl-C again to stop at once.`)
  await gateway.drain(config.gateway.drainTimeoutMs)
  await seam.flush()
  say(config.events.store === 'sqlite' ? 'Stopped. Every event is on the record.' : 'Stopped. No record was kept.')
}
