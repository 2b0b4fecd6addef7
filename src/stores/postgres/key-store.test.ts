import { afterAll, beforeAll, describe } from 'vitest'
import { keyStoreSuite } from '../key-store.suite.ts'
import { createKeyStore } from './key-store.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open-database.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.suite.ts'

describe.skipIf(!hasPostgres)('keys in Postgres', () => {
  let server: PostgresServer
  let opened = 0
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  keyStoreSuite('Postgres', async () => {
    const place = { url: server.url, schema: `keys_${opened++}` }
    const [database, otherDatabase] = [await openDatabase(place), await openDatabase(place)]
    await migrate(database)
    const [store, other] = [createKeyStore({ database }), createKeyStore({ database: otherDatabase })]
    return {
      store,
      other,
      async [Symbol.asyncDispose]() {
        await store.close()
        await other.close()
      },
    }
  })
})
