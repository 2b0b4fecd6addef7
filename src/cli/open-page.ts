import { type Admin, type AdminOptions, type LiveCalls, openAdmin } from '../admin/index.ts'
import type { Config } from '../config.ts'
import type { Seam } from '../index.ts'
import type { Keys } from '../open-keys.ts'
import { breakSimulator } from './break-simulator.ts'
import type { FoundConfig } from './find-config.ts'
import { version } from './version.ts'

/** What the page of a gateway shows. */
export interface PageOptions {
  readonly seam: Pick<Seam, 'models' | 'flush' | 'problems' | 'passable' | 'standingOf' | 'standings'>
  /** The circuit breakers that are open. Absent: other processes have them. */
  readonly openBreakers?: Seam['openBreakers']
  readonly found: FoundConfig
  /** The stored keys. */
  readonly keys: Keys
  /** The names of the features that are served. */
  readonly features?: readonly string[]
  readonly live: LiveCalls
  readonly gatewayUrl: string
  /** Why the gateway is not well. */
  readonly problems: () => readonly string[]
  /** The port that was asked for, in place of what the configuration says. */
  readonly port?: number
}

/** Opens the page of a gateway, unless the configuration wants none. */
export async function openPage(options: PageOptions): Promise<Admin | undefined> {
  const { seam, found, keys, features = [], live, gatewayUrl, problems, port } = options
  const { admin, events } = found.config
  if (admin === false) return undefined
  return await openAdmin({
    ...admin,
    ...(port !== undefined && { port }),
    state: () => ({
      version,
      gatewayUrl,
      origin: found.origin,
      isSimulated: found.isSimulated,
      aliases: seam
        .models()
        .filter(({ ownedBy }) => ownedBy === 'inseam')
        .map(({ id, targets }) => ({ name: id, targets })),
      problems: [...new Set([...problems(), ...seam.problems(), ...keys.problems()])],
      openBreakers: options.openBreakers?.() ?? null,
    }),
    standings: (ofKeys) => seam.standings(ofKeys),
    live,
    keys: {
      ...keys,
      choices: () => choicesOf(seam, features),
      standingOf: (budgets) => seam.standingOf(budgets),
      now: Date.now,
    },
    ...recordOf(events),
    flush: () => seam.flush(),
    gatewayUrl,
    ...(found.simulator && { simulator: breakSimulator(found.simulator) }),
  })
}

/** What a key can be bound to here. */
function choicesOf({ models, passable }: Pick<Seam, 'models' | 'passable'>, features: readonly string[]) {
  const providers = passable()
  return {
    aliases: models().map(({ id }) => id),
    features,
    providers: providers.map(({ name }) => name),
    callerKeys: providers.filter(({ takesCallerKeys }) => takesCallerKeys).map(({ name }) => name),
  }
}

function recordOf({ store, path, postgres }: Config['events']): Partial<Pick<AdminOptions, 'record'>> {
  if (postgres) return { record: { url: postgres.url, evalsPath: path } }
  return store === 'sqlite' ? { record: { path } } : {}
}
