import { endScript } from './limiter-scripts.ts'
import type { Redis } from './open-redis.ts'
import { redisScript } from './redis-script.ts'

/** What calls that have ended tell Redis: together, and nobody waits for it. */
export interface Endings {
  /** What was taken in that second was so much more, or less. */
  correct(key: string, second: number, inputTokens: number, outputTokens: number): void
  /** The hold is over. */
  release(key: string, hold: string): void
  /** Sends what has come together, ahead of whatever is sent next. Resolves once it is there or lost; never rejects. */
  flush(): Promise<void>
}

/** One command takes no more. */
const mostAtOnce = 500

/** Sends what has come together once a turn of the event loop. */
export function createEndings(redis: Redis): Endings {
  const run = redisScript(redis, endScript)
  let keys: string[] = []
  let parameters: string[] = []
  let turn: NodeJS.Immediate | undefined

  const flush = async (): Promise<void> => {
    clearImmediate(turn)
    turn = undefined
    if (keys.length === 0) return
    const [endedKeys, ended] = [keys, parameters]
    keys = []
    parameters = []
    // What is lost leaves by itself: tokens with their second, holds with their lease.
    await run(endedKeys, ended).catch(() => undefined)
  }
  const add = (key: string, first: string, input: string, output: string): void => {
    if (!redis.isThere) return
    keys.push(key)
    parameters.push(first, input, output)
    if (keys.length >= mostAtOnce) void flush()
    else turn ??= setImmediate(() => void flush())
  }
  return {
    correct: (key, second, input, output) => add(key, String(second), String(input), String(output)),
    release: (key, hold) => add(key, hold, '', ''),
    flush,
  }
}
