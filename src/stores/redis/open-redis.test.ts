import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { InseamError } from '../../errors/index.ts'
import { freePort } from '../free-port.suite.ts'
import { openRedis, type Redis } from './open-redis.ts'
import { hasRedis, startRedis } from './redis-server.suite.ts'

const back = (redis: Redis) => new Promise<void>((resolve) => redis.onBack(resolve))

describe.skipIf(!hasRedis)('a connection to Redis', () => {
  it('sends commands, and gives bytes where they are asked for', async () => {
    await using server = await startRedis()
    const redis = await openRedis({ url: server.url })
    const bytes = Buffer.from([0, 255, 13, 10])
    await redis.send(['SET', 'key', bytes])
    expect(await redis.send(['GET', 'key'], { bytes: true })).toEqual(bytes)
    expect(await redis.send(['INCR', 'count'])).toBe(1)
    expect(redis.problems()).toEqual([])
    await redis.close()
  })

  it("passes Redis's own errors on, and is not lost by them", async () => {
    await using server = await startRedis()
    const redis = await openRedis({ url: server.url })
    await expect(redis.send(['EVALSHA', 'a'.repeat(40), '0'])).rejects.toThrow(/^NOSCRIPT/)
    expect(redis.isThere).toBe(true)
    await redis.close()
  })

  it('says that Redis is lost, fails at once meanwhile, and finds it again', async () => {
    await using server = await startRedis()
    const told: InseamError[] = []
    const redis = await openRedis({ url: server.url, probeMs: 20, onProblem: (problem) => told.push(problem) })
    await server.kill()
    await expect(redis.send(['PING'])).rejects.toMatchObject({ code: 'store-failed' })
    expect(redis.isThere).toBe(false)
    expect(redis.problems()).toEqual([expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ cannot be reached \(\w+/)])
    await expect(redis.send(['PING'])).rejects.toMatchObject({ code: 'store-failed' })
    expect(told).toHaveLength(1)
    const found = back(redis)
    await server.restart()
    await found
    expect(await redis.send(['PING'])).toBe('PONG')
    expect(redis.problems()).toEqual([])
    await redis.close()
  })

  it('counts a Redis that takes no writes as lost', async () => {
    await using server = await startRedis()
    const redis = await openRedis({ url: server.url, probeMs: 20 })
    await redis.send(['CONFIG', 'SET', 'maxmemory', '1'])
    await expect(redis.send(['SET', 'key', 'value'])).rejects.toMatchObject({ code: 'store-failed' })
    expect(redis.problems()).toEqual([expect.stringContaining('(OOM)')])
    await redis.close()
  })

  it('never shows the password', async () => {
    await using server = await startRedis()
    const told: InseamError[] = []
    const url = server.url.replace('redis://', 'redis://nobody:hunter-two@')
    const redis = await openRedis({ url, timeoutMs: 100, onProblem: (problem) => told.push(problem) })
    const error: unknown = await redis.send(['PING']).catch((thrown: unknown) => thrown)
    expect(redis.problems()).toEqual([expect.stringContaining('(WRONGPASS)')])
    expect(told).toHaveLength(1)
    const shown = [...told, error].map((thrown) => (thrown instanceof Error ? [thrown.stack, thrown.cause] : []))
    expect(JSON.stringify([shown, redis.problems()])).not.toContain('hunter-two')
    await redis.close()
  })
})

describe('a connection to a Redis that is not there', () => {
  it('opens all the same, and says so', async () => {
    const redis = await openRedis({ url: `redis://127.0.0.1:${await freePort()}`, timeoutMs: 20 })
    expect(redis.problems()).toEqual([expect.stringContaining('(ECONNREFUSED)')])
    await redis.close()
    expect(redis.problems()).toEqual([])
  })

  it('does not wait for one that says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const url = `redis://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const redis = await openRedis({ url, timeoutMs: 10, probeMs: 5 })
    await expect(redis.send(['PING'])).rejects.toMatchObject({ code: 'store-failed' })
    await redis.close()
    silent.close()
  })

  it('refuses what is no address, without a word of it', async () => {
    await expect(openRedis({ url: 'redis//:hunter-two' })).rejects.toThrow('The address of Redis is no URL.')
  })
})
