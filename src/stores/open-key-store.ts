import type { KeyStore } from '../core/access-key.ts'

/** Where keys are kept: the `state` of a configuration. */
export type KeyPlace =
  | { readonly store: 'sqlite'; readonly path: string }
  | { readonly store: 'postgres'; readonly url: string; readonly migrate?: 'auto' | 'never' }

/**
 * Opens the store of keys; what that takes is loaded here. A Postgres that is away is found out by the first question, and a file is
 * made with the first key. Throws `config-invalid` where the place cannot be used, and `package-missing` where Postgres has no `pg`.
 */
export async function openKeyStore(place: KeyPlace): Promise<KeyStore> {
  if (place.store === 'sqlite') {
    const { openKeyFile } = await import('./sqlite/key-file.ts')
    return openKeyFile({ path: place.path })
  }
  const [{ openDatabase }, { migrateOnce }, { createKeyStore }] = await Promise.all([
    import('./postgres/open-database.ts'),
    import('./postgres/migrate-once.ts'),
    import('./postgres/key-store.ts'),
  ])
  const database = await openDatabase({ url: place.url, maxConnections: 4 })
  return createKeyStore({ database: migrateOnce(database, ['keys'], place.migrate) })
}
