import { randomBytes } from 'node:crypto'
import type { BreakerHint, BreakerHints } from '../../core/breaker-hints.ts'
import type { Redis } from './open-redis.ts'

/** How hints go through Redis. */
export interface RedisBreakerHintsOptions {
  /** Stays open when the hints are closed. */
  readonly redis: Redis
  /** How often hints of others are looked for, in milliseconds. Default 1,000. */
  readonly everyMs?: number
}

/** The last so many are kept. */
const mostHints = 1_000

/** They are gone so long after the last one, in milliseconds: what was then is no news. */
const keptMs = 10_000

/** Hints over a stream in Redis: one short command a second, none for a call. What cannot be sent or read is forgone. */
export function createRedisBreakerHints({ redis, everyMs = 1_000 }: RedisBreakerHintsOptions): BreakerHints {
  const self = randomBytes(9).toString('base64url')
  const key = `${redis.prefix}breakers`
  const listeners: ((hint: BreakerHint) => void)[] = []
  const send = (...command: string[]) => redis.send(command).catch(() => undefined)
  let last = '0'
  let isLooking = false

  const look = async (): Promise<void> => {
    if (isLooking || listeners.length === 0 || !redis.isThere) return
    isLooking = true
    const answer = (await send('XREAD', 'COUNT', String(mostHints), 'STREAMS', key, last)) as Answer
    isLooking = false
    for (const [id, [, from, , breaker, , because]] of answer?.[0]?.[1] ?? []) {
      last = id
      if (from === self || breaker === undefined || because === undefined) continue
      for (const hear of listeners) hear({ breaker, because })
    }
  }
  const looking = setInterval(() => void look(), everyMs).unref()
  return {
    tell({ breaker, because }) {
      void send('XADD', key, 'MAXLEN', String(mostHints), '*', 'from', self, 'breaker', breaker, 'because', because)
      void send('PEXPIRE', key, String(keptMs))
    },
    onHint(hear) {
      listeners.push(hear)
      void look()
    },
    close: async () => clearInterval(looking),
  }
}

type Answer = readonly [readonly [key: string, entries: readonly Entry[]]] | null | undefined
type Entry = readonly [id: string, fields: readonly string[]]
