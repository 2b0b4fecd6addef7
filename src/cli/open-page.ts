import { type Admin, type LiveCalls, openAdmin } from '../admin/index.ts'
import type { Seam } from '../index.ts'
import { breakSimulator } from './break-simulator.ts'
import type { FoundConfig } from './find-config.ts'
import { version } from './version.ts'

/** What the page of a gateway shows. */
export interface PageOptions {
  readonly seam: Seam
  readonly found: FoundConfig
  readonly live: LiveCalls
  readonly gatewayUrl: string
  /** Why the gateway is not well. */
  readonly problems: () => readonly string[]
  /** The port that was asked for, in place of what the configuration says. */
  readonly port?: number
}

/** Opens the page of a gateway, unless the configuration wants none. */
export async function openPage(options: PageOptions): Promise<Admin | undefined> {
  const { seam, found, live, gatewayUrl, problems, port } = options
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
      problems: problems(),
    }),
    live,
    ...(events.store === 'sqlite' && { eventsPath: events.path }),
    flush: () => seam.flush(),
    gatewayUrl,
    ...(found.simulator && { simulator: breakSimulator(found.simulator) }),
  })
}
