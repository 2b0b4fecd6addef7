import { describe, expect, it } from 'vitest'
import type { BreakerHint } from '../../core/breaker-hints.ts'
import { openRedis } from './open-redis.ts'
import { createRedisBreakerHints } from './redis-breaker-hints.ts'
import { hasRedis, startRedis } from './redis-server.suite.ts'

const soon = { timeout: 60_000, interval: 10 }
const hint = (breaker: string): BreakerHint => ({ breaker, because: 'server-error' })

describe.skipIf(!hasRedis)('hints of breakers in Redis', () => {
  it('are heard by others, by those who come later too, and by nobody twice or who told them', async () => {
    await using server = await startRedis()
    const redis = await openRedis({ url: server.url, timeoutMs: 20_000 })
    const listen = () => {
      const hints = createRedisBreakerHints({ redis, everyMs: 5 })
      const heard: string[] = []
      hints.onHint(({ breaker }) => heard.push(breaker))
      return { hints, heard }
    }
    const [one, other] = [listen(), listen()]
    one.hints.tell(hint('lab/a default'))
    other.hints.tell(hint('lab/b default'))
    await expect.poll(() => [one.heard, other.heard], soon).toEqual([['lab/b default'], ['lab/a default']])
    const late = listen()
    await expect.poll(() => late.heard, soon).toEqual(['lab/a default', 'lab/b default'])
    one.hints.tell(hint('lab/c default'))
    await expect.poll(() => [other.heard.length, late.heard.length], soon).toEqual([2, 3])
    expect(one.heard).toEqual(['lab/b default'])
    const leftMs = Number(await redis.send(['PTTL', 'inseam:breakers']))
    expect(leftMs).toBeGreaterThan(0)
    expect(leftMs).toBeLessThanOrEqual(10_000)

    await server.kill()
    await expect.poll(() => redis.isThere, soon).toBe(false)
    one.hints.tell(hint('lab/d default'))
    await server.restart()
    await expect.poll(() => redis.isThere, soon).toBe(true)
    one.hints.tell(hint('lab/e default'))
    await expect.poll(() => other.heard, soon).toEqual(['lab/a default', 'lab/c default', 'lab/e default'])
    for (const { hints } of [one, other, late]) await hints.close()
    await redis.close()
  }, 120_000)
})
