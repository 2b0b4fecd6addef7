import type { Config } from './config.ts'
import type { Pipeline } from './core/pipeline.ts'
import { checkNamesWith, type KeyDesk, type KeyRing, openKeyDesk, openKeyRing } from './keys/index.ts'
import { openKeyStore } from './stores/open-key-store.ts'

/** The stored keys of a configuration, open. */
export interface Keys extends AsyncDisposable {
  /** Those in use, for the gateway. */
  readonly ring: KeyRing
  /** Where they are made, changed and ended. */
  readonly desk: KeyDesk
  /** Why they are not well. */
  problems(): readonly string[]
  close(): Promise<void>
}

/**
 * Opens the keys where the configuration keeps its state. Throws `config-invalid` for a file that cannot hold them; a Postgres that is
 * away is one of the `problems`. With a pipeline, keys are made for what there is alone.
 */
export async function openKeys(
  { state, gateway }: Pick<Config, 'state' | 'gateway'>,
  pipeline?: Pick<Pipeline, 'targetsOf' | 'passable'>,
): Promise<Keys> {
  const store = await openKeyStore(state)
  const ring = await openKeyRing({ store, outageMs: gateway.keyOutageMs })
  const keys: Keys = {
    ring,
    desk: openKeyDesk({
      store,
      ...(pipeline && { checkNames: checkNamesWith(pipeline) }),
      onChange: () => ring.refresh(),
    }),
    problems: () => (ring.problem === undefined ? [] : [ring.problem]),
    async close() {
      ring.close()
      await store.close()
    },
    [Symbol.asyncDispose]: () => keys.close(),
  }
  return keys
}
