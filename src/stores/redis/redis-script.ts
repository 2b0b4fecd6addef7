import { hash } from 'node:crypto'
import type { Redis } from './open-redis.ts'

/** Runs a script with its keys and arguments; one round trip. */
export type RedisScript = (keys: readonly string[], parameters: readonly string[]) => Promise<unknown>

/** A Lua script by its hash, which each Redis is told once. Rejects as `send` does. */
export function redisScript(redis: Redis, text: string): RedisScript {
  const sha = hash('sha1', text)
  const load = () => void redis.send(['SCRIPT', 'LOAD', text]).catch(() => undefined)
  redis.onBack(load)
  load()
  return async (keys, parameters) => {
    const rest = [String(keys.length), ...keys, ...parameters]
    try {
      return await redis.send(['EVALSHA', sha, ...rest])
    } catch (error) {
      // Somebody has flushed its scripts, or a replica has taken over.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return await redis.send(['EVAL', text, ...rest])
    }
  }
}
