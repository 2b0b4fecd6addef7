import type { CallRow, CallsView } from '../../src/admin/api.ts'
import { ApiFailure, type Client } from './client.ts'

/** What the live list shows. */
export interface FeedState {
  /** The newest first. */
  readonly rows: readonly CallRow[]
  readonly status: 'loading' | 'live' | 'reconnecting' | 'paused'
  /** Calls that came while paused. */
  readonly held: number
  /** Calls that went by too fast to be shown. They are on the record. */
  readonly lost: number
  readonly hasOlder: boolean
  readonly failure?: ApiFailure
}

/** A live list of calls, for as long as it is not stopped. */
export interface CallFeed {
  pause(): void
  resume(): void
  /** Fetches the page before the oldest that is shown. */
  loadOlder(): Promise<void>
  stop(): void
}

/** What a feed follows. */
export interface CallFeedOptions {
  readonly client: Client
  /** The filters. */
  readonly query: string
  /** Whether there are calls to be read beside those that come. */
  readonly hasRecord: boolean
  readonly show: (state: FeedState) => void
}

/** How many rows are kept of what comes by itself, and how many while paused. */
const keptLive = 300
const keptPaused = 1_000
const pageSize = 50
const largestPage = 200
const longestWaitMs = 15_000
/** Rows that come at once are shown at once: no more than so many renderings. */
const batchMs = 200

/**
 * Follows the calls that match a query: the newest page first, then each call as it is written. Where the connection breaks
 * it comes back by itself, with a longer wait each time, and reads the newest page again, so that what was missed is there.
 */
export function openCallFeed({ client, query, hasRecord, show }: CallFeedOptions): CallFeed {
  const leaving = new AbortController()
  const { signal } = leaving
  const rows = new Map<string, CallRow>()
  const held = new Map<string, CallRow>()
  let lost = 0
  let next: number | undefined
  let hasPaged = false
  let isPaused = false
  let connection: 'loading' | 'live' | 'reconnecting' = 'loading'
  let failure: ApiFailure | undefined
  let rendering: ReturnType<typeof setTimeout> | undefined

  const path = (name: string, more: Readonly<Record<string, string>> = {}) => {
    const asked = new URLSearchParams(query)
    for (const [key, value] of Object.entries(more)) asked.set(key, value)
    return `api/${name}${asked.size > 0 ? `?${asked}` : ''}`
  }
  const readPage = (limit: number, before = Number.POSITIVE_INFINITY) => {
    const asked = { limit: String(limit), ...(Number.isFinite(before) && { before: String(before) }) }
    return client.get<CallsView>(path('calls', asked), signal)
  }
  const showSoon = () => {
    rendering ??= setTimeout(showNow, batchMs)
  }
  function showNow(): void {
    clearTimeout(rendering)
    rendering = undefined
    if (signal.aborted) return
    const sorted = [...rows.values()].sort((left, right) => endedAt(right) - endedAt(left))
    if (!hasPaged && sorted.length > keptLive) {
      for (const { callId } of sorted.splice(keptLive)) rows.delete(callId)
      next = sorted.at(-1)?.seq ?? Number.POSITIVE_INFINITY
    }
    const status = isPaused ? 'paused' : connection
    const state = { rows: sorted, status, held: held.size, lost, hasOlder: next !== undefined } as const
    show(failure ? { ...state, failure } : state)
  }
  function take(row: CallRow): void {
    if (!isPaused || rows.has(row.callId)) rows.set(row.callId, row)
    else if (held.size < keptPaused || held.has(row.callId)) held.set(row.callId, row)
    else lost++
    showSoon()
  }
  async function readNewest(): Promise<void> {
    const page: CallsView = hasRecord ? await readPage(pageSize) : { calls: [] }
    const oldest = page.calls.at(-1)
    const newestKnown = Math.max(...[...rows.values()].map(endedAt), 0)
    // What lies between the two pages is not here: go on from the newer one.
    const isGap = page.next !== undefined && oldest !== undefined && endedAt(oldest) > newestKnown
    if (isGap && !isPaused) rows.clear()
    if (rows.size === 0) {
      next = page.next
      hasPaged = false
    }
    for (const row of page.calls) take(row)
    connection = 'live'
    failure = undefined
    showNow()
  }
  async function follow(): Promise<void> {
    let reading: Promise<void> | undefined
    const opened = () => {
      // Listened to before the page is read: no call falls between the two.
      reading = readNewest()
      reading.catch(() => undefined)
    }
    for await (const event of client.events(path('live'), signal, opened)) {
      await reading
      if (event.type === 'lost') lost += lostIn(event.data)
      else take(JSON.parse(event.data))
    }
    await reading
  }
  async function keepFollowing(): Promise<void> {
    for (let waitMs = 500; !signal.aborted; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      const began = Date.now()
      try {
        await follow()
      } catch (error) {
        if (signal.aborted) return
        // A broken stream is a TypeError; it comes back.
        if (!(error instanceof ApiFailure) && !(error instanceof TypeError)) throw error
        failure = error instanceof ApiFailure ? error : undefined
        const isHopeless = failure !== undefined && failure.status >= 400 && failure.status < 500
        if (isHopeless) {
          connection = 'reconnecting'
          return showNow()
        }
      }
      if (signal.aborted) return
      connection = 'reconnecting'
      showNow()
      if (Date.now() - began > longestWaitMs) waitMs = 500
      await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random() / 2)))
    }
  }

  void keepFollowing()
  return {
    pause() {
      isPaused = true
      showNow()
    },
    resume() {
      isPaused = false
      for (const [callId, row] of held) rows.set(callId, row)
      held.clear()
      showNow()
    },
    async loadOlder() {
      const known = rows.size
      hasPaged = true
      // A page may be empty, or hold what is shown already, and not be the last.
      for (let pages = 0; pages < 20 && next !== undefined && rows.size === known; pages++) {
        const page = await readPage(Number.isFinite(next) ? pageSize : largestPage, next)
        for (const row of page.calls) rows.set(row.callId, row)
        next = page.next
      }
      showNow()
    },
    stop() {
      clearTimeout(rendering)
      leaving.abort()
    },
  }
}

/** When a call was over, which is when it was written: the live list has no other order. */
function endedAt({ startedAt, totalMs }: CallRow): number {
  return startedAt + totalMs
}

function lostIn(data: string): number {
  const { calls }: { calls?: number } = JSON.parse(data)
  return calls ?? 0
}
