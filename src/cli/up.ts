import { unwatchFile, watchFile } from 'node:fs'
import type { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { type Gateway, openGateway } from '../gateway/index.ts'
import { openSeam, type Seam } from '../index.ts'
import { findConfig } from './find-config.ts'
import { say, welcome } from './welcome.ts'

/** `inseam up`: the gateway on the embedded store. */
export function upCommand(program: Command): void {
  program
    .command('up')
    .description('Start the gateway: inseam.yaml, or your keys, or a local model server, or else the simulator.')
    .option('-c, --config <file>', 'the configuration file (default: inseam.yaml, if there is one)')
    .option('-p, --port <number>', 'the port to listen on', parsePort)
    .option('--host <address>', 'the address to listen on')
    .option('--simulate', 'use the simulator, whatever keys there are')
    .option('--json', 'print one line of JSON instead of the welcome')
    .action(up)
}

interface UpOptions {
  readonly config?: string
  readonly port?: number
  readonly host?: string
  readonly simulate?: boolean
  readonly json?: boolean
}

async function up(options: UpOptions): Promise<void> {
  const found = await findConfig(options)
  const { config } = found
  const seam = await openSeam({ config })
  const gateway = await openGateway({
    ...config.gateway,
    host: options.host ?? config.gateway.host,
    port: options.port ?? config.gateway.port,
    pipeline: seam,
    problems: () => (reloads?.problem === undefined ? [] : [reloads.problem]),
  })
  const reloads = found.path === undefined ? undefined : watchConfig(found.path, seam, gateway)
  if (options.json)
    console.log(JSON.stringify({ url: gateway.url, origin: found.origin, simulated: found.isSimulated }))
  else console.log(welcome({ url: gateway.url, found, models: seam.models() }))

  await untilToldToStop()
  await stop(gateway, seam, config.gateway.drainTimeoutMs)
  reloads?.stop()
  await found[Symbol.asyncDispose]()
}

/** The order of leaving: no new calls, those under way end, the record is durable, then the process may go. */
async function stop(gateway: Gateway, seam: Seam, drainTimeoutMs: number): Promise<void> {
  if (gateway.inFlight > 0) say(`Waiting for ${gateway.inFlight} calls under way. Press Ctrl-C again to stop at once.`)
  await gateway.drain(drainTimeoutMs)
  await seam.close()
  say('Stopped. Every event is on the record.')
}

/** Resolves with the first SIGINT or SIGTERM; a second one ends the process at once. */
function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let wasTold = false
    const tell = () => {
      if (wasTold) process.exit(130)
      wasTold = true
      resolve()
    }
    process.on('SIGINT', tell)
    process.on('SIGTERM', tell)
  })
}

/** Puts the file in force whenever it changes, and on SIGHUP. A file that cannot be used leaves the old one in force. */
function watchConfig(
  path: string,
  seam: Seam,
  gateway: Gateway,
): { readonly problem: string | undefined; stop(): void } {
  let problem: string | undefined
  const reload = async () => {
    try {
      const config = await loadConfig({ path })
      gateway.useKeys(config.gateway.keys)
      seam.reload(config)
      problem = undefined
      say(`${path} is in force. Addresses and stores change with the next start.`)
    } catch (thrown) {
      problem = thrown instanceof Error ? thrown.message : String(thrown)
      say(`${path} cannot be used; what was in force stays.\n${problem}`)
    }
  }
  watchFile(path, { interval: 500 }, reload)
  process.on('SIGHUP', reload)
  return {
    get problem() {
      return problem && `the configuration on disk cannot be used: ${problem}`
    },
    stop: () => unwatchFile(path, reload),
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new RangeError(`"${text}" is no port.`)
}
