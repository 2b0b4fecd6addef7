import { InseamError } from './inseam-error.ts'

/** The provider answered with something that is no answer: HTML, nothing, broken JSON, a frame out of order. */
export class ReplyUnreadable extends InseamError {
  constructor(target: string, what: string, cause?: unknown) {
    super('reply-unreadable', `${target} answered with ${what}.`, {
      fix: 'Check that `url` names an API of the configured dialect; add a target to fall back to.',
      cause,
    })
  }
}

/** The answer broke off before its terminal signal. What came of it is in `arrived`; it is no success. */
export class StreamInterrupted extends InseamError {
  constructor(target: string, how: string, cause?: unknown) {
    super('stream-interrupted', `${target} broke off its answer: ${how}.`, {
      fix: 'Ask again; a target to fall back to makes this invisible as long as nothing was passed on.',
      cause,
    })
  }
}
