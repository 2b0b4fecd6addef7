import { type Config, defaultConfig } from '../../config.ts'

/** The simulator alone, in both dialects, so that there is something to fall back to; no key and no file of the user's is read. */
export function demoConfig(
  simulatorUrl: string,
  { eventsPath, statePath }: { readonly eventsPath: string; readonly statePath: string },
): Config {
  const plain = defaultConfig({}, { simulatorUrl })
  return {
    ...plain,
    source: 'the demo',
    aliases: plain.aliases.map((alias) => ({
      ...alias,
      targets: alias.targets.flatMap((target) => [target, { ...target, provider: 'simulator-anthropic' }]).slice(0, 2),
      timeouts: { connectMs: 1_000, headersMs: 4_000, firstTokenMs: 4_000, idleMs: 2_000, totalMs: 15_000 },
      retry: { attempts: 2, baseMs: 100, capMs: 1_000 },
      ...(alias.name === 'smart' && { cache: { ttlSeconds: 120 } }),
    })),
    events: { ...plain.events, store: 'sqlite', path: eventsPath },
    state: { store: 'sqlite', path: statePath, leaseNanoUsd: 0 },
  }
}
