import { timingSafeEqual } from 'node:crypto'
import type { AccessKey, KeyStore } from '../core/access-key.ts'
import { type Clock, systemClock, type Timer } from '../core/clock.ts'
import { InseamError } from '../errors/index.ts'
import { isInRanges } from './address-range.ts'
import { type Lineage, lineageOf } from './lineage.ts'
import { hashSecret, isIssuedShape } from './secret.ts'

/** The stored keys that are in use, in memory, as they are in the store within seconds. */
export interface KeyRing {
  /**
   * What the key of this secret opens now, from this address; undefined where no key was ever issued with it. At once where the secret
   * was seen before. Throws `unauthorized` where the key has expired, is revoked, or opens nothing any more, `forbidden` from another
   * address, and `keys-unavailable` where the store cannot be asked.
   */
  find(secret: string, address: string | undefined): Lineage | undefined | Promise<Lineage | undefined>
  /** Whether a key was ever made: from then on, one is asked for. Undefined where the store has never said. */
  readonly isInUse: boolean | undefined
  /** Why it is not well; undefined where it is. */
  readonly problem: string | undefined
  /** Looks again at what is known: a key has changed in this process. */
  refresh(): void
  /** Stops asking. The store stays open. */
  close(): void
}

/** What a ring is made of. */
export interface KeyRingOptions {
  readonly store: Pick<KeyStore, 'find' | 'get' | 'version'>
  readonly clock?: Clock
  /** How often the store is asked whether a key has changed, in milliseconds. Default 2,000. */
  readonly pollMs?: number
  /** How long keys that are known stay so while the store is lost, in milliseconds. Default ten minutes. */
  readonly outageMs?: number
  /** Keys that are remembered. Default 10,000; as many secrets that are no key's are remembered beside them. */
  readonly most?: number
}

interface Entry {
  readonly key: AccessKey | undefined
  /** Absent: it opens nothing, because of those that made it. */
  readonly lineage: Lineage | undefined
  /** As of which look at the store. */
  readonly generation: number
}

/** Who guesses makes the store do no more than this at once; keys that are known do not wait for it. */
const mostQuestions = 64
/** A store that is silent for so long is lost, in milliseconds. */
const silenceMs = 5_000

/** Opens a ring. It looks at the store before it resolves; a store that cannot be asked is asked again. */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { store, clock = systemClock, pollMs = 2_000, outageMs = 600_000, most = 10_000 } = options
  const known = new Map<string, Entry>()
  const unknown = new Map<string, Entry>()
  const asking = new Map<string, Promise<Entry>>()
  let generation = 0
  let version: number | undefined
  let heardAt = Number.NEGATIVE_INFINITY
  let failure: string | undefined
  let isClosed = false
  let hasKeys = false
  let timer: Timer | undefined

  const isLost = () => version === undefined || clock.now() - heardAt > silenceMs + pollMs
  const look = async (): Promise<void> => {
    const askedAt = clock.now()
    try {
      const now = await store.version()
      if (now !== version) generation++
      version = now
      heardAt = Math.max(heardAt, askedAt)
      failure = undefined
    } catch (thrown) {
      failure = thrown instanceof Error ? thrown.message : String(thrown)
    }
  }
  const poll = (): void => {
    timer = clock.timer(pollMs, () => {
      void look().then(() => {
        if (!isClosed) poll()
      })
    })
  }
  const keep = (hash: string, entry: Entry): void => {
    const [here, there] = entry.key ? [known, unknown] : [unknown, known]
    there.delete(hash)
    here.delete(hash)
    here.set(hash, entry)
    const [oldest] = here.keys()
    if (here.size > most && oldest !== undefined) here.delete(oldest)
  }
  const ask = async (hash: string): Promise<Entry> => {
    // As of before it was asked: what changes meanwhile is seen by the next look, and this entry is then old.
    const asOf = generation
    const key = await store.find(hash)
    if (key) hasKeys = true
    const entry: Entry = { key, lineage: key && (await lineageOf(store, key)), generation: asOf }
    keep(hash, entry)
    return entry
  }
  const askOnce = (hash: string): Promise<Entry> => {
    const underWay = asking.get(hash)
    if (underWay) return underWay
    if (asking.size >= mostQuestions)
      throw unavailable(`${mostQuestions} keys are being looked up already`, 'Send it again in a moment.')
    const asked = ask(hash).finally(() => asking.delete(hash))
    asking.set(hash, asked)
    return asked
  }
  const renew = async (hash: string, old: Entry | undefined): Promise<Entry> => {
    try {
      return await askOnce(hash)
    } catch (thrown) {
      if (old?.key && clock.now() - heardAt <= outageMs) return old
      if (thrown instanceof InseamError && thrown.code === 'keys-unavailable') throw thrown
      throw unavailable(
        'the store of keys cannot be asked',
        'See `inseam up` and /readyz for why; the key itself may be good.',
        thrown,
      )
    }
  }
  const judge = ({ key, lineage }: Entry, hash: string, address: string | undefined): Lineage | undefined =>
    key && standing(key, lineage, { hash, address, now: clock.date() })

  await look()
  poll()
  return {
    find(secret, address) {
      const hash = hashSecret(secret)
      // No key was issued in another shape: the store is not asked.
      if (!isIssuedShape(secret)) return undefined
      const entry = known.get(hash) ?? unknown.get(hash)
      const isCurrent = entry?.generation === generation
      if (entry && isCurrent && !isLost()) return judge(entry, hash, address)
      if (entry?.key && isCurrent && clock.now() - heardAt <= outageMs) return judge(entry, hash, address)
      return renew(hash, entry).then((found) => judge(found, hash, address))
    },
    get isInUse() {
      if (hasKeys) return true
      return version === undefined ? undefined : version > 0
    },
    get problem() {
      if (!isLost()) return undefined
      const until = Math.max(0, Math.ceil((heardAt + outageMs - clock.now()) / 1000))
      const rest = Number.isFinite(until) && until > 0 ? `keys that are known open for ${until} s more` : 'no key opens'
      return `The store of keys cannot be asked, so ${rest}: ${failure ?? 'it does not answer'}`
    },
    refresh() {
      generation++
      hasKeys = true
    },
    close() {
      isClosed = true
      timer?.cancel()
    },
  }
}

interface Presented {
  readonly hash: string
  readonly address: string | undefined
  readonly now: number
}

/** What a key that was found opens now. Throws as {@link KeyRing.find}. */
function standing(key: AccessKey, lineage: Lineage | undefined, { hash, address, now }: Presented): Lineage {
  if (key.revokedAt !== undefined) throw unauthorized('was revoked', 'Use another key.')
  const isPrevious = !isSame(key.hash, hash)
  if (isPrevious && !(key.previous && isSame(key.previous.hash, hash) && now < key.previous.until))
    throw unauthorized('was replaced by another secret', 'Use the one that it was rotated to.')
  if (!lineage) throw unauthorized('ended with the key that made it', 'Use another key.')
  const { expiresAt = Number.POSITIVE_INFINITY, addresses } = lineage.reach
  if (now >= expiresAt) throw unauthorized('has expired', 'Use another key, or have this one changed.')
  if (addresses && !isInRanges(address, addresses))
    throw new InseamError(
      'forbidden',
      `The key "${key.name}" may not be used from ${address ?? 'an unknown address'}.`,
      {
        fix: 'Call from one of its addresses; behind a proxy, name that in `gateway.trustedProxies`.',
      },
    )
  return lineage
}

/** In constant time: which of the stored hashes is near does not show. */
const isSame = (stored: string, presented: string): boolean =>
  stored.length === presented.length && timingSafeEqual(Buffer.from(stored), Buffer.from(presented))

/** Told to whoever holds the secret, which is no news to a guesser. */
const unauthorized = (what: string, fix: string) => new InseamError('unauthorized', `This key ${what}.`, { fix })

const unavailable = (why: string, fix: string, cause?: unknown) =>
  new InseamError('keys-unavailable', `This key cannot be checked now: ${why}.`, { fix, cause })
