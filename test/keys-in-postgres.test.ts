import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultGateway } from '../src/config/defaults.ts'
import { openKeys } from '../src/open-keys.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../src/stores/postgres/postgres-server.suite.ts'
import { send } from './raw-client.ts'
import { openStand } from './stand.ts'

const body = JSON.stringify({ model: 'simulator/sim-small', messages: [{ role: 'user', content: 'Hi' }] })
const operator = { type: 'operator' } as const

describe.skipIf(!hasPostgres)('keys in Postgres', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** A gateway of its own over the one Postgres. */
  async function openReplica() {
    const keys = await openKeys({
      state: { store: 'postgres', url: server.url, leaseNanoUsd: 0, migrate: 'auto' },
      gateway: defaultGateway,
    })
    const stand = await openStand({ gateway: { ring: keys.ring } })
    return {
      keys,
      status: async (secret?: string) =>
        (await send(stand.gateway, { body, ...(secret !== undefined && { headers: { 'x-api-key': secret } }) })).status,
      async [Symbol.asyncDispose]() {
        await stand[Symbol.asyncDispose]()
        await keys.close()
      },
    }
  }

  const eventually = async (ask: () => Promise<number>, expected: number): Promise<void> => {
    const until = Date.now() + 60_000
    while ((await ask()) !== expected) {
      if (Date.now() > until) throw new Error(`It never answered ${expected}.`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  it('are known to every gateway over it, and outlive it where they are in use', async () => {
    await using one = await openReplica()
    await using other = await openReplica()
    const [known, unknown] = [
      await one.keys.desk.create(operator, { name: 'known' }),
      await one.keys.desk.create(operator, { name: 'unknown' }),
    ]
    expect([await one.status(), await one.status(known.secret)]).toEqual([401, 200])
    await eventually(() => other.status(), 401)
    expect(await other.status(known.secret)).toBe(200)

    await server.kill()
    expect([await other.status(known.secret), await other.status(unknown.secret)]).toEqual([200, 503])
    await expect(one.keys.desk.create(operator, { name: 'late' })).rejects.toMatchObject({ code: 'store-failed' })
    {
      await using late = await openReplica()
      expect([await late.status(), await late.status(known.secret)]).toEqual([503, 503])
      expect(late.keys.problems()[0]).toContain('no key opens')
      await server.restart()
      await eventually(() => late.status(known.secret), 200)
      expect(await late.status()).toBe(401)
    }
    await eventually(() => other.status(unknown.secret), 200)
    await one.keys.desk.revoke(operator, known.key.id)
    await eventually(() => other.status(known.secret), 401)
    expect((await one.keys.desk.verify(operator)).broken).toBeNull()
  })
})
