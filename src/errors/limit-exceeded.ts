import type { LimitKind, LimitRefusal } from '../core/call-limit.ts'
import { grouped, milliseconds } from '../core/figures.ts'
import { InseamError } from './inseam-error.ts'

const words: Record<LimitKind, string> = {
  requests: 'requests a minute',
  inputTokens: 'input tokens a minute',
  outputTokens: 'output tokens a minute',
  concurrency: 'calls at once',
}

/**
 * A limit of the configuration, or of the caller's key, does not admit the call: nothing was sent, and nothing taken from any limit.
 * `asked` is how much of it the call would have taken. Not thrown for a provider's own limits, which are `rate-limited` and `throttled`.
 */
export class LimitExceeded extends InseamError {
  readonly refusal: LimitRefusal
  readonly asked: number

  constructor(refusal: LimitRefusal, asked: number) {
    const { limit, kind, remaining, retryAfterMs } = refusal
    const isEver = Number.isFinite(retryAfterMs)
    const of = `${nameOf(refusal)} is ${grouped(limit[kind] ?? 0)} ${words[kind]}`
    super(
      'limit-exceeded',
      isEver
        ? `${of}: ${grouped(remaining)} left, and this call takes ${grouped(asked)}. The same may be asked again in ${milliseconds(retryAfterMs)}.`
        : `${of}, and this call alone takes ${grouped(asked)}: waiting does not help.`,
      { fix: fixFor(kind, isEver), advice: isEver ? 'wait' : 'stop', ...(isEver && { retryAfterMs }) },
    )
    this.refusal = refusal
    this.asked = asked
  }
}

function nameOf({ limit: { id, scope }, subject }: LimitRefusal): string {
  // What a key brings of its own counts all of its calls.
  if (id.startsWith('key/')) return `The limit that the key "${id.slice(4)}" brings`
  return scope === 'global' ? 'The global limit' : `The limit of the ${scope} "${subject}"`
}

function fixFor(kind: LimitKind, isEver: boolean): string {
  if (isEver) return `Wait, or raise \`${kind}\` of this limit.`
  const smaller = kind === 'outputTokens' ? 'Ask for fewer tokens (`maxOutputTokens`)' : 'Shorten the prompt'
  return `${smaller}, or raise \`${kind}\` of this limit.`
}
