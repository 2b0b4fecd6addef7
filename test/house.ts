import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Admin, type AdminOptions, createLiveCalls, type LiveCalls, openAdmin } from '../src/admin/index.ts'
import type { EventSink } from '../src/core/ports.ts'
import { openEventStore } from '../src/stores/sqlite/index.ts'
import { openStand, type Stand, type StandOptions } from './stand.ts'

/** A stand whose events are on the record, and the page over it: all on real sockets. */
export interface House extends AsyncDisposable {
  readonly stand: Stand
  readonly admin: Admin
  readonly live: LiveCalls
  readonly token: string
  /** The file of the record. */
  readonly eventsPath: string
  /** Asks the admin listener with the token. */
  ask(path: string, init?: RequestInit): Promise<Response>
  /** A view, which must be there. */
  view<View>(path: string): Promise<View>
}

/** What a house may differ in. */
export interface HouseOptions {
  readonly stand?: StandOptions
  readonly admin?: (stand: Stand) => Partial<AdminOptions>
  /** Default true. */
  readonly hasRecord?: boolean
}

/** A token for tests, which is a secret like any other. */
export const token = 'page-token-canary-5150'

/** Opens a house. */
export async function openHouse({
  stand: options,
  admin: change,
  hasRecord = true,
}: HouseOptions = {}): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'inseam-house-'))
  const eventsPath = join(folder, 'events.db')
  const store = await openEventStore({ path: eventsPath })
  const live = createLiveCalls()
  const events: EventSink = {
    record(event) {
      store.record(event)
      live.hear(event)
    },
    flush: () => store.flush(),
    close: () => store.close(),
  }
  const stand = await openStand({ ...options, seam: { ...options?.seam, events } })
  const admin = await openAdmin({
    port: 0,
    token,
    live,
    ...(hasRecord && { record: { path: eventsPath }, flush: () => store.flush() }),
    gatewayUrl: stand.gateway.url,
    state: () => ({
      version: 'test',
      gatewayUrl: stand.gateway.url,
      origin: 'a test',
      isSimulated: true,
      aliases: stand.seam
        .models()
        .filter(({ ownedBy }) => ownedBy === 'inseam')
        .map(({ id, targets }) => ({ name: id, targets })),
      problems: [],
      openBreakers: stand.seam.openBreakers(),
    }),
    standings: (ofKeys) => stand.seam.standings(ofKeys),
    ...change?.(stand),
  })
  const ask: House['ask'] = (path, init = {}) =>
    fetch(admin.url + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } })
  return {
    stand,
    admin,
    live,
    token,
    eventsPath,
    ask,
    async view(path) {
      const response = await ask(path)
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
      // Types of answers are the page's own.
      return (await response.json()) as never
    },
    async [Symbol.asyncDispose]() {
      await admin.close()
      await stand[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Asks the simulator to break, or mends it, as the page does. */
export const breakIt = (house: House, body: unknown): Promise<Response> =>
  house.ask('/api/simulator', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
