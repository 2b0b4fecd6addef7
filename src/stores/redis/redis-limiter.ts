import { randomBytes } from 'node:crypto'
import type { Limiter, LimitHold, LimitNeed, LimitRefusal, LimitSubject } from '../../core/call-limit.ts'
import type { Health } from '../../core/health.ts'
import { countedSeconds } from '../../core/minute-count.ts'
import { InseamError } from '../../errors/index.ts'
import { type Standing, tightestRates } from '../limit-rates.ts'
import { createEndings } from './endings.ts'
import { admitScript, liveScript } from './limiter-scripts.ts'
import { createLocalShare } from './local-share.ts'
import type { Redis } from './open-redis.ts'
import { redisScript } from './redis-script.ts'

/** How a limiter counts in Redis. */
export interface RedisLimiterOptions {
  /** Stays open when the limiter closes. */
  readonly redis: Redis
  /**
   * How many processes share the limits at least: each admits an equal part by itself while Redis is lost. Default 1, and where Redis has been
   * there, as many as it knew.
   */
  readonly processes?: number
  /** After how long the places of a process that died are free again, in milliseconds. Default 15,000. */
  readonly leaseMs?: number
  /** Told when a process begins to count by itself. Must not throw. */
  readonly onProblem?: (problem: InseamError) => void
  /** Milliseconds, for tests. Default: Redis's own clock. */
  readonly time?: () => number
}

/**
 * Counts the calls of all processes in one Redis, by its clock: one round trip a call, nothing to wait for at its end. While Redis is
 * lost each process counts an equal share of every limit by itself, in which what it admitted before in that minute is counted; its calls
 * under way go to Redis when it is back. All keys share one hash tag, so that a cluster runs the scripts.
 */
export function createRedisLimiter({
  redis,
  processes: fewest = 1,
  leaseMs = 15_000,
  onProblem = () => undefined,
  time,
}: RedisLimiterOptions): Limiter & Health {
  const self = randomBytes(9).toString('base64url')
  const prefix = `${redis.prefix}{limits}:`
  const processesKey = `${prefix}processes`
  const now = () => (time ? String(time()) : '')
  const runAdmit = redisScript(redis, admitScript)
  const runLive = redisScript(redis, liveScript)
  const endings = createEndings(redis)
  const local = createLocalShare()
  /** Holds of concurrent places, with their keys. */
  const held = new Map<string, readonly string[]>()
  let holds = 0
  let processes = fewest
  let isAlone = false

  const announce = async (): Promise<void> => {
    if (!redis.isThere) return
    const own = [...held].flatMap(([hold, keys]) => keys.map((key) => [key, hold] as const))
    const times = [now(), self, String(leaseMs), String(leaseMs)]
    try {
      for (let at = 0; at === 0 || at < own.length; at += mostAtOnce) {
        const some = own.slice(at, at + mostAtOnce).filter(([, hold]) => held.has(hold))
        const keys = [processesKey, ...some.map(([key]) => key)]
        const seen = Number(await runLive(keys, [...times, ...some.map(([, hold]) => hold)]))
        processes = Math.max(fewest, seen)
      }
    } catch {
      // The connection has said that Redis is lost; holds are renewed when it is back.
    }
  }
  const beAlone = (): void => {
    if (isAlone) return
    isAlone = true
    onProblem(
      new InseamError('store-failed', `${aloneText(processes)} Redis is lost.`, {
        fix: 'Bring Redis back: limits are counted there again at once.',
      }),
    )
  }
  /** The place of a call among those at once, for as long as it has it. */
  const keepPlaces = (hold: string, keys: readonly string[], subjects: readonly LimitSubject[]): (() => void) => {
    const places = keys.filter((_, index) => index % 2 === 1 && subjects[index >> 1]?.limit.concurrency !== undefined)
    if (places.length > 0) held.set(hold, places)
    return () => {
      if (held.delete(hold)) for (const key of places) endings.release(key, hold)
    }
  }
  const keysOf = (subjects: readonly LimitSubject[]): readonly string[] =>
    subjects.flatMap(({ limit: { id }, subject }) => {
      const name = `${prefix}${encodeURIComponent(id)}:${encodeURIComponent(subject)}`
      return [name, `${name}:calls`]
    })
  const admitAlone = (subjects: readonly LimitSubject[], need: LimitNeed): LimitHold | LimitRefusal => {
    beAlone()
    const outcome = local.admit(subjects, need, processes)
    if (outcome.type === 'refused') return outcome
    const leave = keepPlaces(`${self}:${++holds}`, keysOf(subjects), subjects)
    return {
      type: 'admitted',
      rates: outcome.rates,
      settle: outcome.settle,
      release: () => {
        outcome.release()
        leave()
      },
    }
  }

  const admitShared = async (subjects: readonly LimitSubject[], need: LimitNeed): Promise<LimitHold | LimitRefusal> => {
    const keys = keysOf(subjects)
    const hold = `${self}:${++holds}`
    const parameters = [now(), hold, String(leaseMs), String(need.inputTokens), String(need.outputTokens)]
    for (const { limit } of subjects)
      parameters.push(
        amount(limit.requests),
        amount(limit.inputTokens),
        amount(limit.outputTokens),
        amount(limit.concurrency),
      )
    let answer: Answer
    try {
      answer = (await runAdmit(keys, parameters)) as Answer
    } catch {
      return admitAlone(subjects, need)
    }
    isAlone = false
    const [at, states, refusal] = answer
    const rates = tightestRates(standingsOf(subjects, at, states))
    if (refusal) return { type: 'refused', ...refusalOf(subjects, refusal), rates }
    const leave = keepPlaces(hold, keys, subjects)
    const own = local.count(subjects, need)
    let isSettled = false
    return {
      type: 'admitted',
      rates,
      settle: (used) => {
        own.settle(used)
        if (isSettled) return
        isSettled = true
        const input = used.inputTokens - need.inputTokens
        const output = used.outputTokens - need.outputTokens
        if (input === 0 && output === 0) return
        subjects.forEach(({ limit }, index) => {
          if (limit.inputTokens === undefined && limit.outputTokens === undefined) return
          endings.correct(keys[index * 2] ?? '', states[index]?.[0] ?? 0, input, output)
        })
      },
      release: () => {
        own.release()
        leave()
      },
    }
  }

  redis.onBack(() => void announce())
  void announce()
  const renewal = setInterval(announce, leaseMs / 3).unref()
  return {
    admit(subjects, need) {
      if (!redis.isThere) return admitAlone(subjects, need)
      // A place that was given back before is free for this call.
      endings.flush()
      return admitShared(subjects, need)
    },
    problems: () => (redis.isThere ? [] : [`${aloneText(processes)} ${redis.problems().join(' ')}`]),
    async close() {
      clearInterval(renewal)
      endings.release(processesKey, self)
      await endings.flush()
      await local.close()
    },
  }
}

/** Keys that one script is given. */
const mostAtOnce = 500

type State = readonly [second: number, requests: number, inputTokens: number, outputTokens: number, last: number]
type Refused = readonly [limit: number, kind: number, remaining: number, waitMs: number]
type Answer = readonly [now: number, states: readonly State[], refusal?: Refused]

const kinds = ['requests', 'inputTokens', 'outputTokens', 'concurrency'] as const

const amount = (limit: number | undefined): string => String(limit ?? -1)

function refusalOf(subjects: readonly LimitSubject[], [index, kindAt, remaining, waitMs]: Refused) {
  const found = subjects[index - 1]
  const kind = kinds[kindAt - 1]
  if (!found || !kind) throw new TypeError('Redis refused by a limit that it was not asked about.')
  return { ...found, kind, remaining, retryAfterMs: waitMs === -1 ? Number.POSITIVE_INFINITY : waitMs }
}

function standingsOf(subjects: readonly LimitSubject[], now: number, states: readonly State[]): Standing[] {
  return subjects.map(({ limit }, index) => {
    const [, requests = 0, inputTokens = 0, outputTokens = 0, last = 0] = states[index] ?? []
    return {
      limit,
      used: { requests, inputTokens, outputTokens },
      resetMs: Math.max(0, (last + countedSeconds + 1) * 1_000 - now),
    }
  })
}

function aloneText(processes: number): string {
  const share = processes === 1 ? 'all of each limit' : `one part in ${processes} of each limit`
  return `Rate limits are not shared: this process admits ${share} by itself.`
}
