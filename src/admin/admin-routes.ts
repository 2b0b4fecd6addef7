import { InseamError } from '../errors/index.ts'
import type { AdminRoute } from './admin-route.ts'
import type { StateView } from './api.ts'
import { type BreakableSimulator, readBreakRequest, simulatorView } from './break-it.ts'
import type { BudgetsReader } from './budgets-reader.ts'
import { type AdminKeys, keyRoutes } from './key-routes.ts'
import { readJsonBody } from './read-json-body.ts'
import { readFilters, refuseParameters } from './read-parameters.ts'
import type { CallSender } from './send-calls.ts'
import { sendJson } from './send-json.ts'
import type { LiveStreams } from './serve-live.ts'
import type { RecordViews } from './views.ts'
import type { Right } from './visitor.ts'

/** What stands behind the routes. */
export interface AdminRoutesOptions {
  readonly state: () => Omit<StateView, 'you'>
  /** Absent: there are no stored keys. */
  readonly keys: AdminKeys | undefined
  readonly views: RecordViews
  readonly budgets: BudgetsReader
  readonly streams: LiveStreams
  readonly simulator: BreakableSimulator | undefined
  readonly sender: CallSender
}

/** What everybody did: for who may see all of it. */
const reading: Right = { role: 'viewer', shows: 'everything' }
/** What changes how a gateway answers. */
const ruling: Right = { role: 'admin', shows: 'everything' }

/** Every route of the page's API, with who may have it: what is not in this list is not there. */
export function adminRoutes(options: AdminRoutesOptions): readonly AdminRoute[] {
  const { views, keys } = options
  const read = (path: string, answer: (parameters: URLSearchParams, id: string) => unknown): AdminRoute => ({
    path,
    methods: {
      GET: {
        right: reading,
        serve: async ({ response, parameters, id }) => sendJson(response, 200, await answer(parameters, id)),
      },
    },
  })
  return [
    stateRoute(options),
    read('/api/overview', (parameters) => views.overview(parameters)),
    read('/api/features', (parameters) => views.features(parameters)),
    read('/api/budgets', (parameters) => options.budgets(parameters)),
    read('/api/cost', (parameters) => views.cost(parameters)),
    read('/api/calls', (parameters) => views.calls(parameters)),
    read('/api/calls/*', (parameters, id) => views.call(parameters, id)),
    read('/api/runs/*', (parameters, id) => views.run(parameters, id)),
    read('/api/evals', (parameters) => views.evals(parameters)),
    read('/api/evals/*', (parameters, id) => views.evalRun(parameters, id)),
    {
      path: '/api/live',
      methods: {
        GET: {
          right: reading,
          serve: ({ request, response, parameters, stays }) =>
            options.streams.serve(request, response, { filters: readFilters(parameters), stays }),
        },
      },
    },
    simulatorRoute(options),
    ...(keys ? keyRoutes(keys, views) : []),
  ]
}

/** Who is bound to some aliases sees those, and nothing of how the gateway is. */
function stateRoute({ state }: AdminRoutesOptions): AdminRoute {
  return {
    path: '/api/state',
    methods: {
      GET: {
        right: { role: 'viewer', shows: 'own' },
        serve: ({ response, parameters, visitor }) => {
          refuseParameters(parameters)
          const { actor, role, seesAll } = visitor
          const key = actor.type === 'key' ? actor.lineage.key : undefined
          const you = { role, seesAll, key: key ? { id: key.id, name: key.name } : null }
          const all = state()
          const opened = actor.type === 'key' ? actor.lineage.reach.aliases : undefined
          const aliases = all.aliases.filter(({ name }) => opened?.includes(name) ?? true)
          const seen = seesAll ? all : { ...all, aliases, problems: [], openBreakers: null }
          sendJson(response, 200, { ...seen, you } satisfies StateView)
        },
      },
    },
  }
}

function simulatorRoute({ simulator, sender }: AdminRoutesOptions): AdminRoute {
  const broken = (): BreakableSimulator => {
    if (simulator) return simulator
    throw new InseamError('not-found', 'No simulator runs here: real providers are not broken on purpose.', {
      fix: 'Start with `inseam up --simulate`.',
    })
  }
  return {
    path: '/api/simulator',
    methods: {
      GET: {
        right: reading,
        serve: ({ response, parameters }) => {
          refuseParameters(parameters)
          sendJson(response, 200, simulatorView(broken()))
        },
      },
      POST: {
        right: ruling,
        serve: async ({ request, response, parameters }) => {
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
  }
}

/** The route of a path and the id in it, or `undefined`. */
export function findRoute(
  routes: readonly AdminRoute[],
  path: string,
): { readonly route: AdminRoute; readonly id: string } | undefined {
  const parts = path.split('/')
  for (const route of routes) {
    const named = route.path.split('/')
    const star = named.indexOf('*')
    const isHere =
      named.length === parts.length && named.every((part, index) => index === star || part === parts[index])
    if (!isHere) continue
    if (star === -1) return { route, id: '' }
    const id = decoded(parts[star] ?? '')
    if (id !== undefined && id !== '' && !id.includes('/')) return { route, id }
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
