import { describe, expect, it } from 'vitest'
import type { Config } from '../src/config.ts'
import type { SeamEvent } from '../src/core/event.ts'
import { feature, openSeam, prompt } from '../src/index.ts'
import { openRedis } from '../src/stores/redis/index.ts'
import { hasRedis, startRedis } from '../src/stores/redis/redis-server.suite.ts'
import { alias, openStand } from './stand.ts'

const ask = feature({ name: 'ask', model: 'two-ways', prompt: () => prompt`Say hello.` })
const broken = 'sim-small+unavailable'

describe.skipIf(!hasRedis)('a breaker that opened in one process', () => {
  it('spares the others the failures: each asks the target once, and goes elsewhere', async () => {
    await using server = await startRedis()
    await using stand = await openStand()
    const config: Config = {
      ...stand.config,
      aliases: [alias('two-ways', [`simulator/${broken}`, 'simulator/sim-small'])],
      events: { ...stand.config.events, store: 'memory' },
      limits: [{ id: 'global', scope: 'global', requests: 1_000 }],
      redis: { url: server.url, timeoutMs: 20_000 },
    }
    const open = async () => {
      const asked: string[] = []
      const onEvent = (event: SeamEvent) => void (event.type === 'attempt' && asked.push(event.model))
      const seam = await openSeam({ config, onEvent })
      const call = async () => (await seam.complete(ask, {})).target
      return { seam, asked, call, failures: () => asked.filter((model) => model === broken).length }
    }
    const first = await open()
    for (let count = 0; count < 6; count++) expect(await first.call()).toBe('simulator/sim-small')
    expect(first.failures()).toBeGreaterThanOrEqual(5)
    const redis = await openRedis({ url: server.url, timeoutMs: 20_000 })
    await expect.poll(() => redis.send(['XLEN', 'inseam:breakers']), { timeout: 60_000 }).toBe(1)
    await redis.close()

    const other = await open()
    for (let count = 0; count < 6; count++) expect(await other.call()).toBe('simulator/sim-small')
    // Once, and once more where the machine is so slow that the next probe is due.
    expect([1, 2]).toContain(other.failures())
    await first.seam.close()
    await other.seam.close()
  }, 120_000)
})
