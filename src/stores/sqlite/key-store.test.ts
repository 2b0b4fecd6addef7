import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyStoreSuite } from '../key-store.suite.ts'
import { openKeyStore } from './key-store.ts'

keyStoreSuite('a state file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'inseam-keys-'))
  const path = join(folder, 'state.db')
  const [store, other] = [openKeyStore({ path }), openKeyStore({ path })]
  return {
    store,
    other,
    async [Symbol.asyncDispose]() {
      await store.close()
      await other.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
})
