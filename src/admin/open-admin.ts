import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isLoopback } from '../config/is-loopback.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import { InseamError } from '../errors/index.ts'
import { MethodNotAllowed } from '../errors/method-not-allowed.ts'
import { createDashboardReader, type RecordPlace } from '../stores/sqlite/index.ts'
import { type AdminGuard, createAdminGuard } from './admin-guard.ts'
import type { AdminRoute } from './admin-route.ts'
import { adminRoutes, findRoute } from './admin-routes.ts'
import type { StateView } from './api.ts'
import type { BreakableSimulator } from './break-it.ts'
import { budgetsReader, type Standings } from './budgets-reader.ts'
import type { AdminKeys } from './key-routes.ts'
import { listen } from './listen.ts'
import type { LiveCalls } from './live-calls.ts'
import { builtPage, type PageFiles, readPage } from './page-files.ts'
import { createCallSender } from './send-calls.ts'
import { sendRefusal } from './send-json.ts'
import { secure, sendPage } from './send-page.ts'
import { createLiveStreams } from './serve-live.ts'
import { recordViews } from './views.ts'
import { demandRight, type Right, type Visitor } from './visitor.ts'

/** How the page is served, and what it shows. */
export interface AdminOptions {
  /** Default 127.0.0.1. A public address needs a token that was chosen. */
  readonly host?: string
  /** Default 4001, or the next one that is free; 0 takes any. One that is given is taken or refused. */
  readonly port?: number
  /** The secret that opens the page. Default: 256 random bits, new at each start. */
  readonly token?: string
  /** The stored keys and where they are changed. Absent: there are none, and the token alone opens. */
  readonly keys?: AdminKeys
  /** What stands behind the page, as it is at this moment. */
  readonly state: () => Omit<StateView, 'hasRecord' | 'startedAt' | 'you'>
  /** How the budgets of the configuration and these of keys stand. Absent: there are none. */
  readonly standings?: Standings
  /** Calls as they end; it is to hear of each event. */
  readonly live: LiveCalls
  /** Where the record is. Absent: none is kept, and only the live list shows calls. */
  readonly record?: RecordPlace
  /** Resolves once what was recorded is in the file. Default: at once. */
  readonly flush?: () => Promise<void>
  /** Where calls are sent from the Break it panel. */
  readonly gatewayUrl: string
  /** Absent: there is nothing to break. */
  readonly simulator?: BreakableSimulator
  /** Where the built page is. Default: where the build puts it. */
  readonly folder?: string
  /** Live lists that may be open at once. Default 16. */
  readonly maxLive?: number
  readonly clock?: Clock
}

/** The admin listener, open. */
export interface Admin extends AsyncDisposable {
  /** `http://127.0.0.1:4001` */
  readonly url: string
  /** The link that opens the page. It carries the token where that was made here; one that was configured is not repeated. */
  readonly link: string
  /** The port that was taken where nobody named one, so that another was used. */
  readonly takenPort?: number
  /** Ends live lists and closes every socket. */
  close(): Promise<void>
}

/**
 * Opens the admin listener: the page, and its API under `/api`, of which every route needs the token, or a stored key with the right
 * that the route asks for. The token stands in the link's fragment, which no browser sends anywhere.
 *
 * Throws `config-invalid` for a public address without a token that was chosen, and for an address that cannot be listened on.
 */
export async function openAdmin(options: AdminOptions): Promise<Admin> {
  const { host = '127.0.0.1', token, state, live, record: at, flush = async () => undefined } = options
  const { simulator, keys, folder = builtPage, maxLive = 16, clock = systemClock } = options
  if (token === undefined) refuseOpenHouse(host)
  const secret = token ?? randomBytes(32).toString('base64url')
  const startedAt = clock.date()
  const record = at && createDashboardReader({ at, clock })
  const streams = createLiveStreams({ live, clock, most: maxLive })
  const sender = createCallSender(options.gatewayUrl)
  const routes = adminRoutes({
    state: () => ({ ...state(), hasRecord: record !== undefined, startedAt }),
    keys,
    views: recordViews({ record, flush, now: () => clock.date() }),
    budgets: budgetsReader(options.standings, keys),
    streams,
    simulator,
    sender,
  })
  const page = await readPage(folder)

  let guard: AdminGuard | undefined
  const server = createServer(limits, (request, response) => {
    // Nobody comes in before the port is known, which is part of every Host.
    if (guard) answer({ guard, routes, page }, request, response)
    else response.destroy()
  })
  server.maxConnections = 256
  const { port, url, takenPort } = await listen(server, host, options.port)
  guard = createAdminGuard({ token: secret, host, port, ring: keys?.ring })

  const admin: Admin = {
    url,
    link: token === undefined ? `${url}/#token=${secret}` : `${url}/`,
    ...(takenPort !== undefined && { takenPort }),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      sender.close()
      await streams.close()
      await record?.close()
      server.closeAllConnections()
      await closed
    },
    [Symbol.asyncDispose]: () => admin.close(),
  }
  return admin
}

const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  noDelay: true,
} as const

interface Behind {
  readonly guard: AdminGuard
  readonly routes: readonly AdminRoute[]
  readonly page: PageFiles
}

/** Default deny: foreign hosts and pages first, then who asks for whatever is under `/api`, and only then what is there and whether they may. */
function answer(behind: Behind, request: IncomingMessage, response: ServerResponse): void {
  secure(response)
  // A client that leaves has no use for an answer.
  response.on('error', () => undefined)
  serve(behind, request, response).catch((thrown: unknown) => {
    if (response.headersSent) response.destroy()
    else sendRefusal(response, thrown)
  })
}

async function serve(
  { guard, routes, page }: Behind,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url = '/', method = '' } = request
  guard.refuseForeign(request.headers)
  const { path, parameters } = partsOf(url)
  if (path !== '/api' && !path.startsWith('/api/')) {
    const file = page.get(path)
    if (!file) throw notFound(path)
    refuseMethod(response, method, ['GET', 'HEAD'])
    sendPage(request, response, file)
    return
  }
  const visitor = await guard.admit(request)
  const found = findRoute(routes, path)
  if (!found) throw notFound(path)
  const { methods } = found.route
  refuseMethod(response, method, Object.keys(methods))
  const asked = methods[method]
  if (!asked) throw notFound(path)
  demandRight(visitor, asked.right)
  const stays = async () => isStill(await guard.admit(request), asked.right)
  await asked.serve({ request, response, parameters, id: found.id, visitor, stays })
}

/** Whether a visitor still has the right: its key may have changed since. */
function isStill(visitor: Visitor, right: Right): boolean {
  demandRight(visitor, right)
  return true
}

/** The path as it stands: nothing is decoded or resolved before it is looked up. */
function partsOf(url: string): { readonly path: string; readonly parameters: URLSearchParams } {
  const query = url.indexOf('?')
  return query === -1
    ? { path: url, parameters: new URLSearchParams() }
    : { path: url.slice(0, query), parameters: new URLSearchParams(url.slice(query + 1)) }
}

function refuseMethod(response: ServerResponse, method: string, allowed: readonly string[]): void {
  if (allowed.includes(method)) return
  response.setHeader('allow', allowed.join(', '))
  throw new MethodNotAllowed(method, 'this address', allowed)
}

function notFound(path: string): InseamError {
  return new InseamError('not-found', `There is no ${path.slice(0, 200)} here.`, {
    fix: 'Open the page at /, or one of the paths that src/admin/api.ts describes.',
  })
}

function refuseOpenHouse(host: string): void {
  if (isLoopback(host)) return
  throw new InseamError('config-invalid', `The page is not served on ${host} without a token that was chosen.`, {
    fix: 'Set `admin.token`, or listen on 127.0.0.1.',
  })
}
