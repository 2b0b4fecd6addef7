import type { Budget, BudgetState } from '../core/budget.ts'
import { isAtLeast, type KeyActor, type KeyDesk, type KeyRing, keyRoles } from '../keys/index.ts'
import type { AdminRoute, ApiRequest } from './admin-route.ts'
import type {
  AuditCheckView,
  AuditView,
  IssuedKeyView,
  KeyChoicesView,
  KeySpendingView,
  KeysView,
  RevokedKeysView,
} from './api.ts'
import { keyView, keyViews } from './key-view.ts'
import { readGrace } from './read-grace.ts'
import { readJsonBody } from './read-json-body.ts'
import { readAuditPage, refuseParameters } from './read-parameters.ts'
import { sendJson } from './send-json.ts'
import type { RecordViews } from './views.ts'

/** The stored keys, as the page needs them. */
export interface AdminKeys {
  readonly ring: KeyRing
  readonly desk: KeyDesk
  /** What a key can be bound to. */
  readonly choices: () => Omit<KeyChoicesView, 'roles'>
  /** How a key's own budgets stand, in their order. */
  readonly standingOf: (budgets: readonly Budget[]) => Promise<readonly BudgetState[]>
  readonly now: () => number
}

/** The routes of keys. What a visitor sees and may change of them, the desk says. */
export function keyRoutes(
  { ring, desk, choices, standingOf, now }: AdminKeys,
  views: Pick<RecordViews, 'keyUses'>,
): readonly AdminRoute[] {
  const managing = { role: 'manager', shows: 'own' } as const
  const auditing = { role: 'admin', shows: 'everything' } as const
  const asking = (work: (actor: KeyActor, asked: ApiRequest) => Promise<unknown>, status = 200) => ({
    right: managing,
    serve: async (asked: ApiRequest) => {
      refuseParameters(asked.parameters)
      sendJson(asked.response, status, await work(asked.visitor.actor, asked))
    },
  })
  return [
    {
      path: '/api/keys',
      methods: {
        GET: asking(async (actor): Promise<KeysView> => {
          const keys = keyViews(await desk.list(actor), now())
          const uses = await views.keyUses()
          const lastUsed = uses && Object.fromEntries(keys.flatMap(({ id }) => (uses[id] ? [[id, uses[id]]] : [])))
          return { keys, isAsked: ring.isInUse !== false, lastUsed, problem: ring.problem ?? null }
        }),
        POST: asking(async (actor, { request }): Promise<IssuedKeyView> => {
          const { key, secret } = await desk.create(actor, await readJsonBody(request))
          return { key: keyView(key, now()), secret }
        }, 201),
      },
    },
    {
      path: '/api/keys/*',
      methods: {
        GET: asking(async (actor, { id }) => keyView(await desk.show(actor, id), now())),
        PATCH: asking(async (actor, { id, request }) =>
          keyView(await desk.change(actor, id, await readJsonBody(request)), now()),
        ),
        DELETE: asking(
          async (actor, { id }): Promise<RevokedKeysView> => ({
            revoked: keyViews(await desk.revoke(actor, id), now()),
          }),
        ),
      },
    },
    {
      path: '/api/keys/*/spending',
      methods: {
        GET: asking(async (actor, { id }): Promise<KeySpendingView> => {
          const { budgets = [] } = await desk.show(actor, id)
          return { budgets: (await standingOf(budgets)).map(spendingOf) }
        }),
      },
    },
    {
      path: '/api/keys/*/rotate',
      methods: {
        POST: asking(async (actor, { id, request }): Promise<IssuedKeyView> => {
          const { key, secret } = await desk.rotate(actor, id, readGrace(await readJsonBody(request)))
          return { key: keyView(key, now()), secret }
        }),
      },
    },
    {
      path: '/api/key-choices',
      methods: { GET: asking(async (actor): Promise<KeyChoicesView> => choicesFor(actor, choices())) },
    },
    {
      path: '/api/audit',
      methods: {
        GET: {
          right: auditing,
          serve: async ({ visitor, response, parameters }) => {
            const page = readAuditPage(parameters)
            const entries = await desk.audit(visitor.actor, page)
            const next = entries.length === page.limit ? (entries.at(-1)?.seq ?? null) : null
            sendJson(response, 200, { entries, next } satisfies AuditView)
          },
        },
      },
    },
    {
      path: '/api/audit/check',
      methods: {
        GET: {
          right: auditing,
          serve: async ({ visitor, response, parameters }) => {
            refuseParameters(parameters)
            sendJson(response, 200, (await desk.verify(visitor.actor)) satisfies AuditCheckView)
          },
        },
      },
    },
  ]
}

function spendingOf({ account, settledNanoUsd, reservedNanoUsd }: BudgetState): KeySpendingView['budgets'][number] {
  const { budget, startsAt, endsAt } = account
  const { id, per, hard, limitNanoUsd } = budget
  return { id, per, hard, limitNanoUsd, settledNanoUsd, reservedNanoUsd, startsAt, endsAt }
}

/** What is left of the choices for a key that its holder makes: no more than theirs. */
function choicesFor(actor: KeyActor, all: Omit<KeyChoicesView, 'roles'>): KeyChoicesView {
  if (actor.type !== 'key') return { roles: keyRoles, ...all }
  const { role, aliases } = actor.lineage.reach
  const roles = keyRoles.filter((lesser) => isAtLeast(role, lesser))
  return { ...all, roles, aliases: all.aliases.filter((name) => aliases?.includes(name) ?? true) }
}
