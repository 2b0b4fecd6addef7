import { existsSync } from 'node:fs'
import type { KeyStore } from '../../core/access-key.ts'
import { type KeyStoreOptions, openKeyStore } from './key-store.ts'

/**
 * The keys of a state file that need not be there yet: it then holds none, and is made with the first. Throws as
 * {@link openKeyStore} for a file that is there.
 */
export function openKeyFile(options: KeyStoreOptions): KeyStore {
  let opened: KeyStore | undefined
  const reading = (): KeyStore | undefined => {
    if (!opened && existsSync(options.path)) opened = openKeyStore(options)
    return opened
  }
  const writing = (): KeyStore => {
    opened ??= openKeyStore(options)
    return opened
  }
  reading()
  return {
    find: async (hash) => reading()?.find(hash),
    get: async (id) => reading()?.get(id),
    list: async () => reading()?.list() ?? [],
    create: async (key, note) => writing().create(key, note),
    replace: async (before, after, note) => writing().replace(before, after, note),
    note: async (note) => writing().note(note),
    audit: async (page) => reading()?.audit(page) ?? [],
    version: async () => reading()?.version() ?? 0,
    close: async () => opened?.close(),
  }
}
