import { systemClock } from '../../core/clock.ts'
import type { Health } from '../../core/health.ts'
import { InseamError } from '../../errors/index.ts'
import { loadPeer } from '../../errors/load-peer.ts'
import { connectRedis, type RedisArgument, type RedisClient } from './connect-redis.ts'

/** Where a Redis is, and how long it is waited for. */
export interface RedisOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://` for TLS. The password is in no error and no log. */
  readonly url: string
  /** How long a command may take before Redis counts as lost, in milliseconds. Default 250. */
  readonly timeoutMs?: number
  /** How often a lost Redis is asked whether it is back, in milliseconds. Default 500. */
  readonly probeMs?: number
  /** What every key begins with. Default `inseam:`. */
  readonly prefix?: string
  /** Told each time that Redis is lost. Must not throw. */
  readonly onProblem?: (problem: InseamError) => void
}

/** A connection to Redis that its users share: lost for one, lost for all until it answers again. */
export interface Redis extends Health {
  /**
   * Sends a command. Rejects at once while Redis is lost, and after the timeout where it does not answer, with `store-failed`; with
   * Redis's own error where it answers with one. Commands of one turn of the event loop travel together. `bytes`: texts of the answer
   * come as `Buffer`.
   */
  send(command: readonly RedisArgument[], options?: { readonly bytes?: boolean }): Promise<unknown>
  /** What every key begins with. */
  readonly prefix: string
  /** Whether it answered when it was last asked. */
  readonly isThere: boolean
  /** Calls `hear` whenever it is back after it was lost. */
  onBack(hear: () => void): void
  close(): Promise<void>
}

/** Probes without an answer on a connection that looks open, after which another one is opened. */
const mostSilentProbes = 4

/**
 * Opens a connection to Redis. Where Redis cannot be reached it resolves all the same, after `timeoutMs` four times over or 15 s, and
 * goes on trying: `problems` says so meanwhile. Rejects with `package-missing` where `redis` is not installed.
 */
export async function openRedis({
  url,
  timeoutMs = 250,
  probeMs = 500,
  prefix = 'inseam:',
  onProblem = () => undefined,
}: RedisOptions): Promise<Redis> {
  const { createClient } = await loadPeer('redis', 'A Redis store', () => import('redis'))
  const place = placeOf(url)
  const listeners: (() => void)[] = []
  let client: RedisClient = connectRedis(createClient, url, hearError)
  let lastError = 'no connection'
  let isThere = false
  let wasTold = false
  let silentProbes = 0
  let probe: NodeJS.Timeout | undefined
  let isClosed = false

  function hearError(error: unknown): void {
    lastError = wordsOf(error)
    lose()
  }
  function lose(): void {
    if (isClosed) return
    isThere = false
    probe ??= setInterval(ask, probeMs).unref()
    if (wasTold) return
    wasTold = true
    onProblem(redisLost(place, lastError))
  }
  const find = (): void => {
    if (isThere || isClosed) return
    clearInterval(probe)
    probe = undefined
    isThere = true
    wasTold = false
    silentProbes = 0
    for (const hear of listeners) hear()
  }
  async function ask(): Promise<void> {
    if (!client.isReady) return
    try {
      // A write: one that is full, loading or a replica answers pings.
      await within(client.sendCommand(['SET', `${prefix}probe`, '1', 'PX', '1000']), timeoutMs)
      find()
    } catch (error) {
      lastError = wordsOf(error)
      if (!(error instanceof TimedOut)) return
      silentProbes++
      if (silentProbes < mostSilentProbes || isClosed) return
      silentProbes = 0
      client.destroy()
      client = connectRedis(createClient, url, hearError)
      client.connected.catch(() => undefined)
    }
  }
  const send: Redis['send'] = async (command, { bytes = false } = {}) => {
    if (!isThere || !client.isReady) throw redisLost(place, lastError)
    try {
      return await within(client.sendCommand(command, bytes ? inBytes : undefined), timeoutMs)
    } catch (error) {
      if (isAnswer(error) && !servesNobody.test(error.message)) throw error
      lastError = wordsOf(error)
      lose()
      throw redisLost(place, lastError, error)
    }
  }

  const opened = client.connected.then(ask, () => undefined)
  await within(opened, Math.min(timeoutMs * 4, 15_000)).catch(() => undefined)
  if (!isThere) lose()
  return {
    send,
    prefix,
    get isThere() {
      return isThere
    },
    onBack: (hear) => void listeners.push(hear),
    problems: () => (isThere || isClosed ? [] : [redisLost(place, lastError).message]),
    async close() {
      if (isClosed) return
      isClosed = true
      clearInterval(probe)
      if (client.isReady) await within(client.close(), timeoutMs).catch(() => client.destroy())
      else client.destroy()
    },
  }
}

/** Blob strings of the protocol, `$`, as bytes. */
const inBytes = { typeMapping: { 36: Buffer } }

/** Where it is, without who asks. */
function placeOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    throw new InseamError('config-invalid', 'The address of Redis is no URL.', {
      fix: 'Write `redis://host:6379`, or `rediss://host:6379` for TLS.',
    })
  }
}

function redisLost(place: string, reason: string, cause?: unknown): InseamError {
  return new InseamError('store-failed', `Redis at ${place} cannot be reached (${reason}).`, {
    fix: 'Check that it runs, that this process may reach it, and `redis.url`.',
    cause: cause instanceof Error && 'code' in cause ? cause : undefined,
  })
}

/** What the system or Redis calls the failure. The client's own texts may hold the URL, and so the password. */
function wordsOf(error: unknown): string {
  if (error instanceof TimedOut) return error.message
  if (isAnswer(error)) return error.message.split(' ', 1)[0] ?? 'an error'
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'the connection broke'
}

/** Whether Redis itself said so: it is there. */
const isAnswer = (error: unknown): error is Error =>
  error instanceof Error && /^(?:SimpleError|BlobError|ErrorReply|MultiErrorReply)$/.test(error.constructor.name)

/** Answers of a Redis that can be of no use to anybody now. */
const servesNobody = /^(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|OOM|MISCONF|NOAUTH|WRONGPASS|NOPERM)\b/

class TimedOut extends Error {}

/** What the work gives, in time; what has arrived when time is up is heard. */
function within<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    // Where this process itself was held up, the answer may lie there unread: it is read before the next immediate.
    const timer = systemClock.timer(ms, () => {
      setImmediate(() => reject(new TimedOut(`no answer within ${ms} ms`)))
    })
    work.then(resolve, reject).finally(() => timer.cancel())
  })
}
