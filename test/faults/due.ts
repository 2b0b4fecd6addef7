import type { ErrorCode } from '../../src/errors/index.ts'

/** Where in a call the fault strikes. */
export const positions = ['alone', 'with a fallback', 'on a retry', 'on a hedge', 'on the fallback'] as const
export type Position = (typeof positions)[number]

/**
 * What a call may come to: the whole answer of the target that the fault is planted in; the whole answer of another target; an
 * answer that says that it is not whole; a typed error; or nothing, because the client had left.
 */
export type Word = 'own' | 'other' | 'ended' | 'said' | 'left'

/** What a fault is to come to, in one streaming mode. */
export interface Due {
  /**
   * - `answered`: it is none; the answer is whole.
   * - `recovered`: asking again cures it.
   * - `failed`: a typed error, before any content was passed on.
   * - `broken`: a typed error after content was passed on.
   * - `outlasted`: a typed error once the deadline has passed.
   * - `ended`: an answer that says that it is not whole.
   * - `unanswered`: a typed error, or an answer that says that it is none.
   * - `either`: the whole answer, one that says that it is not, or a typed error.
   * - `forsaken`: the client left.
   */
  readonly kind:
    | 'answered'
    | 'recovered'
    | 'failed'
    | 'broken'
    | 'outlasted'
    | 'ended'
    | 'unanswered'
    | 'either'
    | 'forsaken'
  /** Whether another target answers in its place, unseen; absent: it may. */
  readonly rescue?: boolean
  /** Exchanges with the provider in one call at most, where the alias allows two attempts on a target. */
  readonly attempts: number
  /** What the error's code is one of, where that is certain. */
  readonly codes?: readonly ErrorCode[]
}

/** OK: nothing to see. */
export const answered: Due = { kind: 'answered', attempts: 1 }
/** Asking again cures it. */
export const recovered: Due = { kind: 'recovered', attempts: 2 }
/** R, RF, W: asked again, then another target. */
export const retried = (...codes: ErrorCode[]): Due => failed(2, true, codes)
/** F, U: another target at once. */
export const left = (...codes: ErrorCode[]): Due => failed(1, true, codes)
/** X: nobody is asked again. */
export const final = (...codes: ErrorCode[]): Due => failed(1, false, codes)
/** Nobody is asked again with the same; a target that differs may be. */
export const leftOrFinal = (...codes: ErrorCode[]): Due => ({ ...failed(1, true, codes), rescue: undefined })
/** INC, or a typed error, once content has been passed on. */
export const broken = (...codes: ErrorCode[]): Due => ({ ...failed(1, false, codes), kind: 'broken' })
/** A whole answer that never comes has only the deadline, and then no time is left for another target. */
export const outlasted: Due = {
  kind: 'outlasted',
  rescue: false,
  attempts: 1,
  codes: ['deadline-exceeded', 'timed-out'],
}
/** The model itself says that its answer is not whole. */
export const ended: Due = { kind: 'ended', attempts: 1 }
/** There is nothing in it, and that is said. */
export const unanswered: Due = { kind: 'unanswered', attempts: 2 }
/** Nobody is left to be told anything; the provider is. */
export const forsaken: Due = { kind: 'forsaken', attempts: 1, codes: ['aborted'] }
/** An answer is as good as an error. */
export const either = (attempts = 2): Due => ({ kind: 'either', attempts })

function failed(attempts: number, rescue: boolean, codes: readonly ErrorCode[]): Due {
  return { kind: 'failed', rescue, attempts, ...(codes.length > 0 && { codes }) }
}

/** What is due instead where all of it arrived at once, and nothing had been passed on when it broke. */
export const beforeContent = (due: Due): Due =>
  due.kind === 'broken' ? { ...failed(2, true, due.codes ?? []), rescue: undefined } : due

/** What is right where the fault strikes at this position. A hedge races a target that answers, late. */
export function rightAt(due: Due, position: Position): ReadonlySet<Word> {
  return new Set(wordsAt(due, position))
}

function wordsAt({ kind, rescue }: Due, position: Position): Word[] {
  const hedged = position === 'on a hedge'
  const rescued: Word[] = rescue === true ? ['other'] : rescue === false ? ['said'] : ['other', 'said']
  switch (kind) {
    case 'answered':
      return hedged ? ['own', 'other'] : ['own']
    case 'recovered':
      // A retry is all that the alias allows, and here it was the fault that struck the retry.
      if (position === 'on a retry') return ['said']
      return hedged || position === 'with a fallback' ? ['own', 'other'] : ['own']
    case 'failed':
      if (hedged) return ['other']
      return position === 'with a fallback' ? rescued : ['said']
    case 'broken':
      return hedged ? ['other', 'said'] : ['said']
    case 'outlasted':
      return hedged ? ['other'] : ['said']
    case 'ended':
      return hedged || position === 'with a fallback' ? ['ended', 'other'] : ['ended']
    case 'either':
      return hedged || position === 'with a fallback' ? ['own', 'ended', 'said', 'other'] : ['own', 'ended', 'said']
    case 'unanswered':
      return hedged || position === 'with a fallback' ? ['ended', 'said', 'other'] : ['ended', 'said']
    case 'forsaken':
      return ['left']
  }
}
