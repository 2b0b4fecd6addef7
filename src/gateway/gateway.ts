import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Dialect } from '../core/dialect.ts'
import type { Pipeline } from '../core/pipeline.ts'
import { asInseamError, InseamError } from '../errors/index.ts'
import type { Codec } from '../wire/codec.ts'
import { codecs } from '../wire/codecs.ts'
import { createGuard, type GatewayKey, isLoopback } from './guard.ts'
import { listModels, showModel } from './models.ts'
import { refuse } from './refuse.ts'
import { send } from './send.ts'
import { serveCall } from './serve-call.ts'
import { createTraffic } from './traffic.ts'

/** How the gateway listens. */
export interface GatewayOptions {
  readonly pipeline: Pipeline
  /** Default 127.0.0.1. A public address needs keys. */
  readonly host?: string
  /** Default 4000; 0 takes any free port. */
  readonly port?: number
  /** Who may call. Default: nobody needs a key, which is possible on this machine's own addresses only. */
  readonly keys?: readonly GatewayKey[]
  /** The largest body it takes, in bytes. Default 10 MiB. */
  readonly maxBodyBytes?: number
  /** Why the gateway is not well, for `/readyz`. Default: it always is. */
  readonly problems?: () => readonly string[]
}

/** The HTTP door, open. */
export interface Gateway extends AsyncDisposable {
  /** `http://127.0.0.1:4000` */
  readonly url: string
  /** Calls under way. */
  readonly inFlight: number
  /** Puts other keys in force for the calls to come. Throws `config-invalid` where a public address would be left without. */
  useKeys(keys: readonly GatewayKey[]): void
  /**
   * Refuses new calls and waits for those under way, at most `timeoutMs` (default 30,000); what is left then ends with an
   * error in its own dialect, and a client that does not take it is cut off a second later. Resolves when the last socket is
   * closed.
   */
  drain(timeoutMs?: number): Promise<void>
}

/**
 * Opens the gateway: the providers' own APIs in, the pipeline behind. Throws `config-invalid` for a public address without
 * keys, and for an address that cannot be listened on.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const {
    pipeline,
    host = '127.0.0.1',
    port = 4000,
    keys = [],
    maxBodyBytes = 10 * 1024 * 1024,
    problems = () => [],
  } = options
  refuseOpenHouse(host, keys)
  const startedAt = Date.now()
  let guard = createGuard({ keys, host })
  const traffic = createTraffic()
  let closed: Promise<void> | undefined

  /** Answers what is no call: it costs nothing and is not on the record. */
  const refuseRequest = (response: ServerResponse, thrown: unknown, codec: Codec): void =>
    refuse(
      response,
      asInseamError(thrown),
      codec,
      pipeline.begin({ model: '', request: { messages: [], stream: false } }),
    )

  const serveCalls = async (request: IncomingMessage, response: ServerResponse, codec: Codec): Promise<void> => {
    if (traffic.isDraining) {
      response.shouldKeepAlive = false
      return refuseRequest(response, draining(), codec)
    }
    await traffic.serve(response, (signal) =>
      serveCall(request, response, { pipeline, codec, guard, maxBodyBytes, signal }),
    )
  }

  const serveModels = (request: IncomingMessage, response: ServerResponse, path: string): void => {
    const codec = codecs[dialectOf(request, path)]
    try {
      const { opens } = guard(request.headers, false)
      const models = pipeline.models().filter((model) => opens(model.id))
      const id = decoded(path.slice(modelsPath.length + 1))
      const body =
        id === '' ? listModels(models, codec.dialect, startedAt) : showModel(models, id, codec.dialect, startedAt)
      send(response, 200, JSON.stringify(body))
    } catch (thrown) {
      refuseRequest(response, thrown, codec)
    }
  }

  const serveReadiness = (response: ServerResponse): void => {
    const reasons = traffic.isDraining ? ['draining', ...problems()] : problems()
    const isReady = reasons.length === 0
    send(response, isReady ? 200 : 503, JSON.stringify({ status: isReady ? 'ready' : 'not ready', reasons }))
  }

  const server = createServer(
    { maxHeaderSize: 16 * 1024, keepAliveTimeout: 65_000, noDelay: true },
    (request, response) => {
      const path = pathOf(request)
      const codec = doors[path]
      if (codec && request.method === 'POST') void serveCalls(request, response, codec)
      else if ((path === modelsPath || path.startsWith(`${modelsPath}/`)) && request.method === 'GET')
        serveModels(request, response, path)
      else if (path === '/healthz' && isRead(request)) send(response, 200, '{"status":"ok"}')
      else if (path === '/readyz' && isRead(request)) serveReadiness(response)
      else refuseRequest(response, noSuchRoute(request, path), codecs[dialectOf(request, path)])
    },
  )
  await listen(server, host, port)

  const gateway: Gateway = {
    url: urlOf(server),
    get inFlight() {
      return traffic.size
    },
    useKeys(keys) {
      refuseOpenHouse(host, keys)
      guard = createGuard({ keys, host })
    },
    async drain(timeoutMs = 30_000) {
      traffic.isDraining = true
      closed ??= new Promise((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      await traffic.quiet(timeoutMs)
      traffic.cutOff(draining())
      await traffic.quiet(lastWordsMs)
      server.closeAllConnections()
      await closed
      await traffic.quiet(lastWordsMs)
    },
    [Symbol.asyncDispose]: () => gateway.drain(0),
  }
  return gateway
}

const modelsPath = '/v1/models'

/** How long a call that was cut off has to say so. */
const lastWordsMs = 1_000

/** Where each dialect is spoken. */
const doors: Readonly<Record<string, Codec>> = Object.fromEntries(
  Object.values(codecs).map((codec) => [`/v1${codec.path}`, codec]),
)

function refuseOpenHouse(host: string, keys: readonly GatewayKey[]): void {
  const empty = keys.find(({ key }) => key === '')
  if (empty) {
    throw new InseamError('config-invalid', `The gateway key "${empty.name}" is empty: whoever sends no key has it.`, {
      fix: 'Give it a value, or leave it out.',
    })
  }
  if (keys.length > 0 || isLoopback(host)) return
  throw new InseamError(
    'config-invalid',
    `The gateway does not listen on ${host} without keys: anybody could spend your money.`,
    {
      fix: 'Configure `gateway.keys`, or listen on 127.0.0.1.',
    },
  )
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'something else listens there' : cause.message
      const fix = 'Stop the other process, or choose another port (`gateway.port`, `--port`).'
      reject(new InseamError('config-invalid', `The gateway cannot listen on ${host}:${port}: ${why}.`, { fix, cause }))
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      // Where the process runs out of descriptors, a connection is lost and not the process.
      server.on('error', (error) => process.emitWarning(`The gateway: ${error.message}`, 'InseamWarning'))
      resolve()
    })
  })
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD'

/** A part of a path as its client meant it; what cannot be decoded stands for itself, and is found nowhere. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function dialectOf({ headers }: IncomingMessage, path: string): Dialect {
  return headers['anthropic-version'] !== undefined || path.startsWith('/v1/messages')
    ? 'anthropic-messages'
    : 'openai-chat'
}

function noSuchRoute({ method }: IncomingMessage, path: string): InseamError {
  const known = Object.keys(doors).map((door) => `POST ${door}`)
  return new InseamError('not-found', `There is no ${method} ${path} here.`, {
    fix: `Use ${known.join(', ')}, GET ${modelsPath}, /healthz or /readyz.`,
  })
}

function draining(): InseamError {
  return new InseamError('shutting-down', 'The gateway is shutting down.', {
    fix: 'Ask again; another replica answers.',
  })
}
