import { expect, it } from 'vitest'
import { defaultConfig } from '../../config.ts'
import type { ProviderLimits } from '../../core/provider-limits.ts'
import { shareOf } from './share-of.ts'

function limited(limits: ProviderLimits) {
  const config = defaultConfig({ OPENAI_API_KEY: 'sk-example' })
  return { ...config, providers: config.providers.map((provider) => ({ ...provider, limits })) }
}

it('shares limits and the memory of the cache, so that all workers together keep to what was written', () => {
  const config = limited({ requestsPerMinute: 100, tokensPerMinute: 10_000, concurrency: 7, initialConcurrency: 2 })
  const share = shareOf(config, 4)
  expect(share.providers[0]?.limits).toEqual({
    requestsPerMinute: 25,
    tokensPerMinute: 2_500,
    concurrency: 1,
    initialConcurrency: 1,
  })
  expect(share.cache.maxBytes).toBe(config.cache.maxBytes / 4)
  expect(shareOf(config, 1)).toBe(config)
})

it('refuses more workers than a limit can be shared among, and names how many it can', () => {
  expect(() => shareOf(limited({ concurrency: 3 }), 4)).toThrow(
    expect.objectContaining({
      code: 'config-invalid',
      message: '4 workers cannot share providers.openai.limits: concurrency is 3.',
      fix: expect.stringContaining('3 workers at most'),
    }),
  )
})
