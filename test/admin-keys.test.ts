import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  AuditCheckView,
  AuditView,
  IssuedKeyView,
  KeysView,
  RevokedKeysView,
  StateView,
} from '../src/admin/api.ts'
import { defaultGateway } from '../src/config/defaults.ts'
import { accountOf, type Budget } from '../src/core/budget.ts'
import { createVirtualClock } from '../src/core/virtual-clock.ts'
import { type Keys, openKeys } from '../src/open-keys.ts'
import { createMemoryLedger } from '../src/stores/memory/index.ts'
import { type House, openHouse, token } from './house.ts'

const clock = createVirtualClock()
const ledger = createMemoryLedger()
const standingOf = (budgets: readonly Budget[]) =>
  ledger.states(budgets.map((budget) => accountOf(budget, '', Date.now())))
let house: House
let keys: Keys
const folder = mkdtempSync(join(tmpdir(), 'inseam-admin-keys-'))
const state = { store: 'sqlite', path: join(folder, 'state.db'), leaseNanoUsd: 0 } as const

beforeAll(async () => {
  keys = await openKeys({ state, gateway: defaultGateway })
  const choices = () => ({ aliases: ['fast', 'smart'], features: ['triage'], providers: ['simulator'], callerKeys: [] })
  house = await openHouse({
    admin: () => ({ clock, keys: { ring: keys.ring, desk: keys.desk, choices, standingOf, now: Date.now } }),
  })
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  await keys.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Asks with a secret; the answer is what its status says. */
async function ask(secret: string, method: string, path: string, body?: unknown) {
  const response = await fetch(house.admin.url + path, {
    method,
    headers: { authorization: `Bearer ${secret}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, text, body: JSON.parse(text) as unknown }
}

let made = 0
/** A key made with the page's token. */
async function create(scope: object, by = token): Promise<IssuedKeyView> {
  const { status, body, text } = await ask(by, 'POST', '/api/keys', { name: `key ${++made}`, ...scope })
  if (status !== 201) throw new Error(`${status}: ${text}`)
  return body as IssuedKeyView
}

describe('the admin API of keys', () => {
  it('shows a secret once, and neither it nor its hash again', async () => {
    const { key, secret } = await create({ aliases: ['fast'], budgets: [{ limitUsd: 5, per: 'day' }] })
    expect(secret).toMatch(/^sk-inseam-[\w-]{43}$/)
    expect(key).toMatchObject({ status: 'active', role: 'caller', budgets: [{ id: `key/${key.id}/day` }] })
    for (const path of ['/api/keys', `/api/keys/${key.id}`, '/api/audit']) {
      const { text } = await ask(token, 'GET', path)
      expect(text).toContain(key.id)
      expect(text).not.toContain(secret)
      expect(text).not.toMatch(/"hash":"[\da-f]{64}","id"/)
    }
  })

  it('changes, rotates with overlap and revokes', async () => {
    const first = await create({ role: 'viewer' })
    const path = `/api/keys/${first.key.id}`
    expect((await ask(token, 'PATCH', path, { role: 'manager' })).body).toMatchObject({ role: 'manager' })
    const second = (await ask(token, 'POST', `${path}/rotate`, { graceMs: 60_000 })).body as IssuedKeyView
    for (const secret of [first.secret, second.secret]) expect((await ask(secret, 'GET', '/api/keys')).status).toBe(200)
    const third = (await ask(token, 'POST', `${path}/rotate`, {})).body as IssuedKeyView
    expect((await ask(first.secret, 'GET', '/api/keys')).status).toBe(401)
    expect((await ask(second.secret, 'GET', '/api/keys')).status).toBe(401)
    expect((await ask(third.secret, 'GET', '/api/keys')).status).toBe(200)
    const { body } = await ask(token, 'DELETE', path)
    expect((body as RevokedKeysView).revoked).toMatchObject([{ id: first.key.id, status: 'revoked' }])
    expect((await ask(third.secret, 'GET', '/api/keys')).status).toBe(401)
  })

  it('lets a manager see and make keys within its own, and no others', async () => {
    const manager = await create({ role: 'manager', tenant: 'acme', aliases: ['fast'] })
    const other = await create({ role: 'caller', tenant: 'rival' })
    const child = await create({}, manager.secret)
    expect(child.key).toMatchObject({ role: 'caller', tenant: 'acme', aliases: ['fast'], parentId: manager.key.id })
    const { keys } = (await ask(manager.secret, 'GET', '/api/keys')).body as KeysView
    expect(keys.map(({ id }) => id)).toEqual([child.key.id, manager.key.id])
    expect((await ask(manager.secret, 'GET', `/api/keys/${other.key.id}`)).status).toBe(404)
    expect((await ask(manager.secret, 'DELETE', `/api/keys/${other.key.id}`)).status).toBe(404)
    for (const wider of [{ role: 'admin' }, { tenant: 'rival' }, { aliases: ['smart'] }, { passThrough: true }])
      expect((await ask(manager.secret, 'POST', '/api/keys', { name: 'wider', ...wider })).status).toBe(403)
    for (const wrong of [{ hash: 'x' }, { id: 'x' }, { parentId: null }, { name: '' }, [], null])
      expect((await ask(manager.secret, 'POST', '/api/keys', wrong)).status).toBe(400)
    expect((await ask(manager.secret, 'PATCH', `/api/keys/${manager.key.id}`, { aliases: ['smart'] })).status).toBe(403)
    expect((await ask(manager.secret, 'GET', '/api/audit')).status).toBe(403)
    expect((await ask(manager.secret, 'GET', '/api/key-choices')).body).toMatchObject({
      roles: ['caller', 'viewer', 'manager'],
      aliases: ['fast'],
    })
  })

  it('shows the record to viewers who may see all of it, and refuses those who are bound', async () => {
    const viewer = await create({ role: 'viewer' })
    const bound = await create({ role: 'viewer', tenant: 'acme', aliases: ['smart'] })
    const caller = await create({ role: 'caller' })
    expect((await ask(viewer.secret, 'GET', '/api/overview')).status).toBe(200)
    expect((await ask(bound.secret, 'GET', '/api/overview')).status).toBe(403)
    expect((await ask(caller.secret, 'GET', '/api/overview')).status).toBe(403)
    const { you, aliases } = (await ask(bound.secret, 'GET', '/api/state')).body as StateView
    expect(you).toEqual({ role: 'viewer', seesAll: false, key: { id: bound.key.id, name: bound.key.name } })
    expect(aliases.map(({ name }) => name)).toEqual(['smart'])
  })

  it('says what was spent with a key, in each of its budgets', async () => {
    const { key } = await create({ budgets: [{ limitUsd: 5, per: 'month' }] })
    const accounts = key.budgets!.map((budget) => accountOf(budget, '', Date.now()))
    const held = await ledger.reserve({ id: 'attempt_1', callId: 'call_1', worstNanoUsd: 9_000, accounts })
    if (held.type === 'reserved') held.settle(7_000)
    await ledger.flush()
    const path = `/api/keys/${key.id}/spending`
    expect((await ask(token, 'GET', path)).body).toMatchObject({
      budgets: [{ per: 'month', limitNanoUsd: 5e9, settledNanoUsd: 7_000, reservedNanoUsd: 0 }],
    })
    const manager = await create({ role: 'manager' })
    expect((await ask(manager.secret, 'GET', path)).status).toBe(404)
  })

  it('ends a live list soon after the key that reads it was revoked', async () => {
    const viewer = await create({ role: 'viewer' })
    const answer = await fetch(`${house.admin.url}/api/live`, { headers: { authorization: `Bearer ${viewer.secret}` } })
    const reader = answer.body!.getReader()
    await reader.read()
    await clock.advance(15_000)
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('still here')
    await ask(token, 'DELETE', `/api/keys/${viewer.key.id}`)
    const ended = (async () => {
      while (!(await reader.read()).done);
    })().then(
      () => 'ended',
      () => 'cut off',
    )
    await clock.advance(15_000)
    expect(await ended).toBe('cut off')
  })

  it('keeps a log of every change, whole and in order', async () => {
    const { key } = await create({})
    await ask(token, 'DELETE', `/api/keys/${key.id}`)
    const { entries } = (await ask(token, 'GET', '/api/audit?limit=2')).body as AuditView
    expect(entries.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
      ['admin', 'key-revoked', key.id],
      ['admin', 'key-created', key.id],
    ])
    const check = (await ask(token, 'GET', '/api/audit/check')).body as AuditCheckView
    expect(check).toMatchObject({ broken: null, newest: { seq: entries[0]?.seq } })
    expect(check.entries).toBe(entries[0]?.seq)
  })
})
