import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Dialect } from '../core/dialect.ts'
import type { Pipeline } from '../core/pipeline.ts'
import { asInseamError, CallAborted, InseamError } from '../errors/index.ts'
import type { Codec } from '../wire/codec.ts'
import { codecs } from '../wire/codecs.ts'
import { createGuard, type GatewayKey, isLoopback } from './guard.ts'
import { listModels, showModel } from './models.ts'
import { refuse } from './refuse.ts'
import { send } from './send.ts'
import { serveCall } from './serve-call.ts'

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
   * error in its own dialect. Resolves when the last socket is closed.
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
  const underWay = new Set<AbortController>()
  let isDraining = false

  /** Answers what is no call: it costs nothing and is not on the record. */
  const refuseRequest = (response: ServerResponse, thrown: unknown, codec: Codec): void =>
    refuse(
      response,
      asInseamError(thrown),
      codec,
      pipeline.begin({ model: '', request: { messages: [], stream: false } }),
    )

  const serveCalls = async (request: IncomingMessage, response: ServerResponse, codec: Codec): Promise<void> => {
    if (isDraining) return refuseRequest(response, draining(), codec)
    const leave = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) leave.abort(new CallAborted())
    })
    underWay.add(leave)
    await serveCall(request, response, { pipeline, codec, guard, maxBodyBytes, signal: leave.signal })
    underWay.delete(leave)
    if (isDraining) setImmediate(() => server.closeIdleConnections())
  }

  const serveModels = (request: IncomingMessage, response: ServerResponse, path: string): void => {
    const codec = codecs[dialectOf(request, path)]
    try {
      guard(request.headers, false)
      const models = pipeline.models()
      const id = decodeURIComponent(path.slice(modelsPath.length + 1))
      const body =
        id === '' ? listModels(models, codec.dialect, startedAt) : showModel(models, id, codec.dialect, startedAt)
      send(response, 200, JSON.stringify(body))
    } catch (thrown) {
      refuseRequest(response, thrown, codec)
    }
  }

  const serveReadiness = (response: ServerResponse): void => {
    const reasons = isDraining ? ['draining', ...problems()] : problems()
    const isReady = reasons.length === 0
    send(response, isReady ? 200 : 503, JSON.stringify({ status: isReady ? 'ready' : 'not ready', reasons }))
  }

  const server = createServer(
    { maxHeaderSize: 16 * 1024, keepAliveTimeout: 65_000, noDelay: true },
    (request, response) => {
      const path = pathOf(request)
      const codec = doors[path]
      if (codec && request.method === 'POST') void serveCalls(request, response, codec)
      else if (path.startsWith(modelsPath) && request.method === 'GET') serveModels(request, response, path)
      else if (path === '/healthz') send(response, 200, '{"status":"ok"}')
      else if (path === '/readyz') serveReadiness(response)
      else refuseRequest(response, noSuchRoute(request, path), codecs[dialectOf(request, path)])
    },
  )
  await listen(server, host, port)

  const gateway: Gateway = {
    url: urlOf(server),
    get inFlight() {
      return underWay.size
    },
    useKeys(keys) {
      refuseOpenHouse(host, keys)
      guard = createGuard({ keys, host })
    },
    async drain(timeoutMs = 30_000) {
      isDraining = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const cutOff = setTimeout(() => {
        for (const leave of underWay) leave.abort(draining())
      }, timeoutMs)
      await closed
      clearTimeout(cutOff)
    },
    [Symbol.asyncDispose]: () => gateway.drain(0),
  }
  return gateway
}

const modelsPath = '/v1/models'

/** Where each dialect is spoken. */
const doors: Readonly<Record<string, Codec>> = Object.fromEntries(
  Object.values(codecs).map((codec) => [`/v1${codec.path}`, codec]),
)

function refuseOpenHouse(host: string, keys: readonly GatewayKey[]): void {
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
    server.listen(port, host, resolve)
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
