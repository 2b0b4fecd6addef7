import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Limiter } from '../../core/call-limit.ts'
import { enter, limiting, nothing } from '../limiter.suite.ts'
import { openRedis } from './open-redis.ts'
import { createRedisLimiter } from './redis-limiter.ts'
import { hasRedis, type RedisServer, startRedis } from './redis-server.suite.ts'

const asker = fileURLToPath(new URL('./limiter-asker.suite.ts', import.meta.url))
const soon = { timeout: 60_000, interval: 10 }

describe.skipIf(!hasRedis)('limits over processes', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** A limiter of one of four processes. */
  const replica = async () => {
    const told: string[] = []
    const redis = await openRedis({ url: server.url, probeMs: 20, timeoutMs: 10_000 })
    const limiter = createRedisLimiter({ redis, processes: 4, onProblem: ({ message }) => told.push(message) })
    return { redis, limiter, told }
  }

  it('are held exactly by four processes', async () => {
    const run = promisify(execFile)
    const told = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, [asker, server.url, '250'])))
    const counts = told.map(({ stdout }) => JSON.parse(stdout) as { admitted: number; problems: string[] })
    expect(counts.flatMap(({ problems }) => problems)).toEqual([])
    expect(counts.reduce((sum, { admitted }) => sum + admitted, 0)).toBe(250)
  }, 60_000)

  it('fall to a share each while Redis is lost under load, and are exact again when it is back', async () => {
    const [one, other] = [await replica(), await replica()]
    const limiters: readonly Limiter[] = [one.limiter, other.limiter]
    let isOver = false
    let asked = 0
    const load = limiters.map(async (limiter) => {
      while (!isOver) {
        const outcome = await limiter.admit(
          [limiting({ requests: 1_000_000_000, concurrency: 1_000 }, 'load')],
          nothing,
        )
        if (outcome.type === 'refused') throw new Error(`Refused for its ${outcome.kind}.`)
        outcome.release()
        if (++asked % 10 === 0) await new Promise(setImmediate)
      }
    })
    const admittedOf = async (count: number, subject: string) => {
      let admitted = 0
      for (let ask = 0; ask < count; ask++) {
        const outcome = await limiters[ask % 2]?.admit([limiting({ requests: 8 }, subject)], nothing)
        if (outcome?.type === 'admitted') admitted++
      }
      return admitted
    }
    expect(await admittedOf(40, 'both')).toBe(8)

    await server.kill()
    for (const { limiter } of [one, other])
      await expect.poll(() => limiter.problems(), soon).toEqual([expect.stringContaining('one part in 4')])
    // Each of the two admits its two; what it admitted before the loss counts.
    expect(await admittedOf(40, 'fresh')).toBe(4)
    expect(await admittedOf(40, 'both')).toBe(0)
    const held = await enter(one.limiter, [limiting({ concurrency: 4 }, 'place')])
    expect(await one.limiter.admit([limiting({ concurrency: 4 }, 'place')], nothing)).toMatchObject({ type: 'refused' })
    const before = asked
    await expect.poll(() => asked, soon).toBeGreaterThan(before + 10)

    await server.restart()
    for (const { limiter } of [one, other]) await expect.poll(() => limiter.problems(), soon).toEqual([])
    expect(await admittedOf(40, 'back')).toBe(8)
    // The call that was admitted alone is known to all.
    const place = () => other.limiter.admit([limiting({ concurrency: 1 }, 'place')], nothing)
    await expect.poll(async () => (await place()).type, soon).toBe('refused')
    held.release()
    await expect.poll(async () => (await place()).type, soon).toBe('admitted')
    const after = asked
    await expect.poll(() => asked, soon).toBeGreaterThan(after + 10)
    isOver = true
    await Promise.all(load)
    expect([one.told.length, other.told.length]).toEqual([1, 1])
    for (const { redis, limiter } of [one, other]) {
      await limiter.close()
      await redis.close()
    }
  }, 120_000)
})
