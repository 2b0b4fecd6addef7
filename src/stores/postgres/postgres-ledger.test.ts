import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isInseamError } from '../../errors/index.ts'
import { held, ledgerSuite, sampleAccount } from '../ledger.suite.ts'
import { openDatabase } from './open-database.ts'
import { openPostgresLedger } from './postgres-ledger.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.suite.ts'

describe.skipIf(!hasPostgres)('with a Postgres', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  ledgerSuite('postgres', async () => {
    await using database = await openDatabase({ url: server.url })
    await database.query('DROP SCHEMA IF EXISTS inseam CASCADE')
    return openPostgresLedger({ url: server.url })
  })

  it('refuses while the database is away, keeps what was settled meanwhile, and books it once it is back', async () => {
    const account = sampleAccount({ id: 'outage' })
    const ask = (id: string) => ({ id, callId: id, worstNanoUsd: 10, accounts: [account] })
    await using ledger = await openPostgresLedger({ url: server.url })
    const reservation = held(await ledger.reserve(ask('before')))
    await server.kill()
    reservation.settle(7)
    const thrown = await ledger.reserve(ask('meanwhile')).catch((error: unknown) => error)
    expect(isInseamError(thrown) && thrown.code).toBe('store-failed')
    expect(ledger.problems?.()).toEqual([expect.stringContaining('are refused')])
    await expect(ledger.flush()).rejects.toMatchObject({ code: 'store-failed' })
    await server.restart()
    await ledger.flush()
    expect(ledger.problems?.()).toEqual([])
    const [state] = await ledger.states([account])
    expect([state!.settledNanoUsd, state!.reservedNanoUsd]).toEqual([7, 0])
  })

  it('spends what its lease still holds while the database is away, and not a nano-dollar more', async () => {
    const account = sampleAccount({ id: 'leased', limitNanoUsd: 1_000 })
    const ask = (id: string) => ({ id, callId: id, worstNanoUsd: 10, accounts: [account] })
    await using ledger = await openPostgresLedger({ url: server.url, leaseNanoUsd: 100 })
    held(await ledger.reserve(ask('first'))).settle(10)
    await expect.poll(async () => (await ledger.states([account]))[0]?.reservedNanoUsd, { timeout: 60_000 }).toBe(100)
    await server.kill()
    let spent = 0
    for (let index = 0; index < 20; index++) {
      const answer = await ledger.reserve(ask(`leased_${index}`)).catch(() => undefined)
      if (!answer) break
      held(answer).settle(10)
      spent += 10
    }
    expect(spent).toBeGreaterThan(0)
    expect(spent).toBeLessThanOrEqual(100)
    expect(ledger.problems?.()).toEqual([expect.stringContaining('holds in advance')])
    await server.restart()
    await expect
      .poll(
        () =>
          ledger.states([account]).then(
            ([state]) => state?.settledNanoUsd,
            () => undefined,
          ),
        { timeout: 60_000 },
      )
      .toBe(10 + spent)
  })

  it('is refused, and nothing is made, where its schema lacks steps and must not be changed', async () => {
    await using database = await openDatabase({ url: server.url })
    await database.query('DROP SCHEMA IF EXISTS inseam CASCADE')
    await expect(openPostgresLedger({ url: server.url, migrate: 'never' })).rejects.toMatchObject({
      code: 'config-invalid',
      fix: 'Run `inseam migrate`.',
    })
    expect((await database.query("SELECT to_regnamespace('inseam') AS found")).rows).toEqual([{ found: null }])
  })
})
