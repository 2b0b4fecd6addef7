import type { Config, ProviderConfig } from '../../config.ts'
import { InseamError } from '../../errors/index.ts'

/**
 * What of a configuration one of so many workers gets: of what each counts by itself (a provider's limits, the bytes of the cache in
 * memory), its equal share, rounded down, so that together they keep to what was written. Throws `config-invalid` where a share is nothing.
 */
export function shareOf(config: Config, workers: number): Config {
  if (workers === 1) return config
  return {
    ...config,
    cache: { ...config.cache, maxBytes: Math.floor(config.cache.maxBytes / workers) },
    providers: config.providers.map((provider) => ({
      ...provider,
      ...(provider.limits && { limits: limitsOf(provider, provider.limits, workers) }),
    })),
  }
}

/** What the provider was promised; the rest only shapes how a worker waits. */
const promises: ReadonlySet<string> = new Set(['concurrency', 'requestsPerMinute', 'tokensPerMinute'])

function limitsOf(
  { name }: ProviderConfig,
  limits: NonNullable<ProviderConfig['limits']>,
  workers: number,
): NonNullable<ProviderConfig['limits']> {
  const shares = Object.entries(limits).map(([limit, value]: [string, unknown]) => {
    if (typeof value !== 'number') return [limit, value]
    if (value >= workers) return [limit, Math.floor(value / workers)]
    if (!promises.has(limit)) return [limit, Math.min(value, 1)]
    throw new InseamError(
      'config-invalid',
      `${workers} workers cannot share providers.${name}.limits: ${limit} is ${value}.`,
      {
        fix: `Start ${Math.max(1, Math.floor(value))} workers at most (\`gateway.workers\`, \`--workers\`), or raise the limit.`,
      },
    )
  })
  return Object.fromEntries(shares)
}
