import type { ServerResponse } from 'node:http'
import type { Call } from '../core/call.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { Codec } from '../wire/codec.ts'
import { pingedHeaders } from './reply-headers.ts'

/** Keeps a stream open that says nothing. */
export interface Pings {
  /** The stream has the floor: from now on its silence counts. */
  watch(): void
  /** Something else is written. */
  rest(): void
  stop(): void
}

/** How long a stream may be silent. */
export interface PingSilenceOptions {
  readonly clock: Clock
  /** Absent: for ever. */
  readonly pingMs: number | undefined
}

/**
 * Writes headers, where they have not been, and a ping whenever a stream was silent for `pingMs`: balancers cut what says nothing. The
 * status is then spent; who answers is not yet known, and not said. No clock of a provider hears of it. The silence begins now.
 */
export function pingSilence(call: Call, response: ServerResponse, codec: Codec, options: PingSilenceOptions): Pings {
  const { clock, pingMs } = options
  if (pingMs === undefined) return { watch: () => undefined, rest: () => undefined, stop: () => undefined }
  let isSilent = true
  const timer: Timer = clock.timer(pingMs, () => {
    if (!isSilent || response.destroyed) return
    if (!response.headersSent) response.writeHead(200, pingedHeaders(call))
    if (!response.writableNeedDrain) response.write(codec.ping)
    timer.refresh()
  })
  return {
    watch: () => {
      isSilent = true
      timer.refresh()
    },
    rest: () => {
      isSilent = false
    },
    stop: () => timer.cancel(),
  }
}
