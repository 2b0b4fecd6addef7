import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeLimiter, enter, limiting, nothing } from '../limiter.suite.ts'
import { openRedis, type Redis } from './open-redis.ts'
import { createRedisLimiter } from './redis-limiter.ts'
import { hasRedis, type RedisServer, startRedis } from './redis-server.suite.ts'

describe.skipIf(!hasRedis)('in Redis', () => {
  let server: RedisServer
  let redis: Redis
  beforeAll(async () => {
    server = await startRedis()
    redis = await openRedis({ url: server.url })
  })
  afterAll(async () => {
    await redis.close()
    await server[Symbol.asyncDispose]()
  })

  describeLimiter(
    'Redis',
    async (clock) => {
      await redis.send(['FLUSHALL'])
      return createRedisLimiter({ redis, time: () => clock.now() })
    },
    { runs: 40 },
  )

  it('frees the places of a process that died, and keeps those of one that lives for as long as its calls take', async () => {
    await redis.send(['FLUSHALL'])
    let now = 1_000_000
    const subjects = [limiting({ concurrency: 1 })]
    const leaseMs = 3_600_000
    const [dead, other] = [leaseMs, leaseMs].map((leaseMs) => createRedisLimiter({ redis, leaseMs, time: () => now }))
    if (!dead || !other) throw new Error('There are two.')
    // Its next sign of life would come in twenty minutes of this machine's.
    await enter(dead, subjects)
    now += leaseMs - 1
    expect(await other.admit(subjects, nothing)).toMatchObject({ type: 'refused', kind: 'concurrency' })
    now += 1
    const held = await enter(other, subjects)
    held.release()

    const alive = createRedisLimiter({ redis, leaseMs: 30, time: () => now })
    await expect.poll(async () => (await alive.admit(subjects, nothing)).type, { timeout: 60_000 }).toBe('admitted')
    const key = 'inseam:{limits}:key%3A*:ada:calls'
    for (let lease = 0; lease < 5; lease++) {
      now += 20
      const until = async () => Number(((await redis.send(['ZRANGE', key, '0', '0', 'WITHSCORES'])) as string[])[1])
      await expect.poll(until, { timeout: 60_000, interval: 5 }).toBe(now + 30)
    }
    expect(await other.admit(subjects, nothing)).toMatchObject({ type: 'refused', kind: 'concurrency' })
    for (const limiter of [dead, other, alive]) await limiter.close()
  }, 120_000)

  it('asks Redis once a call, whatever the number of limits, and tells it the ends of calls together', async () => {
    await redis.send(['FLUSHALL'])
    const limiter = createRedisLimiter({ redis, leaseMs: 3_600_000 })
    const asked = async () => {
      const stats = String(await redis.send(['INFO', 'commandstats']))
      return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1])
    }
    const subjects = ['ada', 'grace', 'mary', 'emmy'].map((name) => limiting({ requests: 100, inputTokens: 900 }, name))
    await enter(limiter, subjects)
    const before = await asked()
    const holds = await Promise.all(
      Array.from({ length: 10 }, () => enter(limiter, subjects, { inputTokens: 9, outputTokens: 0 })),
    )
    expect(await asked()).toBe(before + 10)
    for (const hold of holds) {
      hold.settle(nothing)
      hold.release()
    }
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    expect(await asked()).toBe(before + 11)
    const { rates } = await enter(limiter, subjects)
    expect(rates).toMatchObject({ requests: { remaining: 88 }, inputTokens: { remaining: 900 } })
    await limiter.close()
  })
})
