import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock, Timer } from '../core/clock.ts'
import { InseamError } from '../errors/index.ts'
import type { CallRow } from './api.ts'
import { type CallFilters, wantsCall } from './call-filters.ts'
import type { LiveCalls } from './live-calls.ts'

/** Who reads a live list, and what of it. */
export interface LiveReader {
  readonly filters: CallFilters
  /** Whether it may read on: asked with each heartbeat. A rejection is a no. */
  readonly stays: () => Promise<boolean>
}

/** The live lists that are open. */
export interface LiveStreams {
  /** Serves one more, until its reader leaves. Throws `busy` where too many are open. */
  serve(request: IncomingMessage, response: ServerResponse, reader: LiveReader): void
  /** Ends them all: with what they were told, or at once where their reader takes nothing. */
  close(): Promise<void>
}

/** What live lists need. */
export interface LiveStreamsOptions {
  readonly live: LiveCalls
  readonly clock: Clock
  /** How many may be open at once. */
  readonly most: number
}

const heartbeatMs = 15_000
/** A reader who has taken nothing for so many heartbeats is let go: it comes back if it is there. */
const patientBeats = 4

/** Live lists as server-sent events. What a slow reader does not take waits in a bounded place; what does not fit it is told of. */
export function createLiveStreams({ live, clock, most }: LiveStreamsOptions): LiveStreams {
  const open = new Set<ServerResponse>()
  return {
    serve(request, response, { filters, stays }) {
      if (open.size >= most)
        throw new InseamError('busy', `${most} live lists are open already.`, {
          fix: 'Close some of the pages that show calls as they come.',
        })
      open.add(response)
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      response.write(': calls as they end\n\n')
      const following = live.follow({
        wants: wantsCall(filters),
        take: (rows, lost) => response.write(eventsOf(rows, lost)),
      })
      let beatsMissed = 0
      response.on('drain', () => {
        beatsMissed = 0
        following.resume()
      })
      const beat = (): Timer =>
        clock.timer(heartbeatMs, () => {
          if (!response.writableNeedDrain) response.write(': still here\n\n')
          else if (++beatsMissed >= patientBeats) response.destroy()
          stays().catch(() => response.destroy())
          heartbeat = beat()
        })
      let heartbeat = beat()
      response.on('close', () => {
        heartbeat.cancel()
        following.stop()
        open.delete(response)
      })
      request.resume()
    },
    close: async () => {
      await Promise.all([...open].map(end))
    },
  }
}

function end(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  response.once('close', resolve)
  if (response.writableNeedDrain) response.destroy()
  else response.end(resolve)
  return promise
}

function eventsOf(rows: readonly CallRow[], lost: number): string {
  const told = rows.map((row) => `data: ${JSON.stringify(row)}\n\n`).join('')
  return lost === 0 ? told : `${told}event: lost\ndata: {"calls":${lost}}\n\n`
}
