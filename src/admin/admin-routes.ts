import type { IncomingMessage, ServerResponse } from 'node:http'
import { InseamError } from '../errors/index.ts'
import type { StateView } from './api.ts'
import { type BreakableSimulator, readBreakRequest, simulatorView } from './break-it.ts'
import { readJsonBody } from './read-json-body.ts'
import { readFilters, refuseParameters } from './read-parameters.ts'
import type { CallSender } from './send-calls.ts'
import { sendJson } from './send-json.ts'
import type { LiveStreams } from './serve-live.ts'
import type { RecordViews } from './views.ts'

/** A request under `/api`, let in. */
export interface ApiRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly parameters: URLSearchParams
  /** The last part of the path, where the route has one. */
  readonly id: string
}

type Serve = (asked: ApiRequest) => void | Promise<void>

/** A route: where it is, and what each of its methods does. */
export interface AdminRoute {
  /** `/api/calls`, or `/api/calls/` where an id follows. */
  readonly path: string
  readonly methods: Readonly<Record<string, Serve>>
}

/** What stands behind the routes. */
export interface AdminRoutesOptions {
  readonly state: () => StateView
  readonly views: RecordViews
  readonly streams: LiveStreams
  readonly simulator: BreakableSimulator | undefined
  readonly sender: CallSender
}

/** Every route of the page's API: what is not in this list is not there. */
export function adminRoutes({ state, views, streams, simulator, sender }: AdminRoutesOptions): readonly AdminRoute[] {
  const read = (path: string, answer: (parameters: URLSearchParams, id: string) => unknown): AdminRoute => ({
    path,
    methods: {
      GET: async ({ response, parameters, id }) => sendJson(response, 200, await answer(parameters, id)),
    },
  })
  const broken = (): BreakableSimulator => {
    if (simulator) return simulator
    throw new InseamError('not-found', 'No simulator runs here: real providers are not broken on purpose.', {
      fix: 'Start with `inseam up --simulate`.',
    })
  }
  return [
    read('/api/state', (parameters) => {
      refuseParameters(parameters)
      return state()
    }),
    read('/api/overview', (parameters) => views.overview(parameters)),
    read('/api/features', (parameters) => views.features(parameters)),
    read('/api/calls', (parameters) => views.calls(parameters)),
    read('/api/calls/', (parameters, id) => views.call(parameters, id)),
    read('/api/runs/', (parameters, id) => views.run(parameters, id)),
    read('/api/evals', (parameters) => views.evals(parameters)),
    read('/api/evals/', (parameters, id) => views.evalRun(parameters, id)),
    {
      path: '/api/live',
      methods: {
        GET: ({ request, response, parameters }) => streams.serve(request, response, readFilters(parameters)),
      },
    },
    {
      path: '/api/simulator',
      methods: {
        GET: ({ response, parameters }) => {
          refuseParameters(parameters)
          sendJson(response, 200, simulatorView(broken()))
        },
        POST: async ({ request, response, parameters }) => {
          refuseParameters(parameters)
          const target = broken()
          const { faults, calls = 0 } = readBreakRequest(await readJsonBody(request))
          sender.demandRoom(calls)
          target.set(faults)
          sender.send(calls)
          sendJson(response, 200, simulatorView(target))
        },
      },
    },
  ]
}

/** The route of a path and the id in it, or `undefined`. */
export function findRoute(
  routes: readonly AdminRoute[],
  path: string,
): { readonly route: AdminRoute; readonly id: string } | undefined {
  for (const route of routes) {
    if (route.path === path) return route.path.endsWith('/') ? undefined : { route, id: '' }
    if (!route.path.endsWith('/') || !path.startsWith(route.path)) continue
    const id = decoded(path.slice(route.path.length))
    if (id !== undefined && !id.includes('/')) return { route, id }
  }
  return undefined
}

/** What cannot be decoded is found nowhere. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
