import { createMemoryKeyStore } from '../keys/memory-key-store.suite.ts'
import { keyStoreSuite } from './key-store.suite.ts'

keyStoreSuite('the memory of properties', async () => {
  const store = createMemoryKeyStore()
  return { store, other: store, [Symbol.asyncDispose]: () => store.close() }
})
