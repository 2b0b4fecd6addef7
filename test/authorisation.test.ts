import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminRights } from '../scripts/admin-rights.ts'
import { breakSimulator } from '../src/cli/break-simulator.ts'
import { defaultGateway } from '../src/config/defaults.ts'
import { knownDoors } from '../src/gateway/doors.ts'
import { type Keys, openKeys } from '../src/open-keys.ts'
import { type House, openHouse, token } from './house.ts'
import { openKeyedStand } from './keyed-stand.ts'
import { dial, send } from './raw-client.ts'

/**
 * Who may have what: written by hand, so that a route that is new, or asks for less than before, is seen here first. In order: caller,
 * viewer, manager, admin, each bound to a tenant and then to none. `y` may, `n` may not.
 */
const matrix: Readonly<Record<string, string>> = {
  'GET /api/state': 'nn yy yy yy',
  'GET /api/overview': 'nn ny ny ny',
  'GET /api/features': 'nn ny ny ny',
  'GET /api/budgets': 'nn ny ny ny',
  'GET /api/cost': 'nn ny ny ny',
  'GET /api/calls': 'nn ny ny ny',
  'GET /api/calls/*': 'nn ny ny ny',
  'GET /api/runs/*': 'nn ny ny ny',
  'GET /api/evals': 'nn ny ny ny',
  'GET /api/evals/*': 'nn ny ny ny',
  'GET /api/live': 'nn ny ny ny',
  'GET /api/simulator': 'nn ny ny ny',
  'POST /api/simulator': 'nn nn nn ny',
  'GET /api/keys': 'nn nn yy yy',
  'POST /api/keys': 'nn nn yy yy',
  'GET /api/keys/*': 'nn nn yy yy',
  'PATCH /api/keys/*': 'nn nn yy yy',
  'DELETE /api/keys/*': 'nn nn yy yy',
  'GET /api/keys/*/spending': 'nn nn yy yy',
  'POST /api/keys/*/rotate': 'nn nn yy yy',
  'GET /api/key-choices': 'nn nn yy yy',
  'GET /api/audit': 'nn nn nn ny',
  'GET /api/audit/check': 'nn nn nn ny',
}

const roles = ['caller', 'viewer', 'manager', 'admin'] as const
const visitors = roles.flatMap((role) => [
  { name: `a bound ${role}`, scope: { role, tenant: 'acme' } },
  { name: role, scope: { role } },
])

describe('the admin API', () => {
  let house: House
  let keys: Keys
  const secrets = new Map<string, string>()
  const folder = mkdtempSync(join(tmpdir(), 'inseam-authorisation-'))
  beforeAll(async () => {
    const state = { store: 'sqlite', path: join(folder, 'state.db'), leaseNanoUsd: 0 } as const
    keys = await openKeys({ state, gateway: defaultGateway })
    const choices = () => ({ aliases: [], features: [], providers: [], callerKeys: [] })
    house = await openHouse({
      admin: ({ simulator }) => ({
        simulator: breakSimulator(simulator),
        keys: { ring: keys.ring, desk: keys.desk, choices, standingOf: async () => [], now: Date.now },
      }),
    })
    for (const { name, scope } of visitors)
      secrets.set(name, (await keys.desk.create({ type: 'operator' }, { name, ...scope })).secret)
  })
  afterAll(async () => {
    await house[Symbol.asyncDispose]()
    await keys.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The status alone: a live list does not end. */
  async function statusOf(route: string, secret: string | undefined): Promise<number> {
    const [method, path = ''] = route.split(' ')
    const socket = await dial(house.admin)
    const head = [
      `${method} ${path.replace('*', 'nothing')} HTTP/1.1`,
      `host: ${new URL(house.admin.url).host}`,
      'connection: close',
      'content-type: application/json',
      'content-length: 2',
      ...(secret === undefined ? [] : [`authorization: Bearer ${secret}`]),
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n{}`)
    const [first] = (await socket[Symbol.asyncIterator]().next()).value.toString().split('\r\n')
    socket.destroy()
    return Number(first.split(' ')[1])
  }

  it('has no route without an entry in the matrix, and no entry without a route', () => {
    expect(
      adminRights()
        .map(({ route }) => route)
        .sort(),
    ).toEqual(Object.keys(matrix).sort())
  })

  it.each(Object.entries(matrix))('%s: %s', async (route, allowed) => {
    const expected = [...allowed.replaceAll(' ', '')]
    const found = []
    for (const { name } of visitors) found.push((await statusOf(route, secrets.get(name))) === 403 ? 'n' : 'y')
    expect(found).toEqual(expected)
    expect([401, 403]).not.toContain(await statusOf(route, token))
    for (const stranger of [undefined, 'wrong', `${secrets.get('admin')}x`, secrets.get('admin')?.toUpperCase()])
      expect(await statusOf(route, stranger)).toBe(401)
  })

  it('refuses who may not, whatever the path looks like', async () => {
    const viewer = secrets.get('viewer')
    for (const path of [
      '/api/keys/',
      '/api//keys',
      '/api/Keys',
      '/api/keys%2f',
      '/api/%6beys',
      '/api/keys;a',
      '/api/keys/a/b/rotate',
    ])
      expect([404, 403]).toContain(await statusOf(`GET ${path}`, viewer))
  })
})

describe('the gateway', () => {
  const routes = [
    ...knownDoors.map((door) => door.replace('{model}', 'simulator/sim-small')),
    'GET /v1/models',
    'GET /v1/models/fast',
    'GET /v1beta/models',
    'GET /providers/simulator/v1/models',
    'DELETE /v1/files/file_1',
  ]

  it('lets every role call, nobody without a key, and all see how it is', async () => {
    await using test = await openKeyedStand()
    const made = []
    for (const role of roles) made.push((await test.create({ role, passThrough: true })).secret)
    const ask = (route: string, secret: string | undefined) => {
      const [method = '', path = ''] = route.split(' ')
      const headers: Record<string, string> = secret === undefined ? {} : { 'x-api-key': secret }
      return send(test.stand.gateway, { method, path, headers, ...(method === 'POST' && { body: '{}' }) })
    }
    for (const route of routes) {
      expect([route, (await ask(route, undefined)).status]).toEqual([route, 401])
      expect([route, (await ask(route, 'wrong')).status]).toEqual([route, 401])
      for (const secret of made) expect([401, 403]).not.toContain((await ask(route, secret)).status)
    }
    for (const probe of ['GET /healthz', 'GET /readyz']) expect((await ask(probe, undefined)).status).toBe(200)
    const admin = await ask('GET /api/keys', made[3])
    expect(admin.status).toBe(404)
  })
})
