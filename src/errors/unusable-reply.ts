import { InseamError } from './inseam-error.ts'

const checkUrl = 'Check that `url` names an API of the configured dialect; add a target to fall back to.'

/** The provider answered with something that is no answer: HTML, nothing, broken JSON, a frame out of order. */
export class ReplyUnreadable extends InseamError {
  constructor(target: string, what: string, cause?: unknown, fix: string = checkUrl) {
    super('reply-unreadable', `${target} answered with ${what}.`, { fix, cause })
  }
}

/** The provider's answer goes beyond a bound of the seam's (docs/limits.md). It was read no further. */
export class ReplyTooLarge extends InseamError {
  constructor(target: string, what: string) {
    super('reply-too-large', `${target} answered with ${what}.`, {
      fix: 'Ask for less at a time, or check that `url` names an API and no download; docs/limits.md lists the bounds.',
    })
  }
}

/** The model botched its answer, a call of a tool mostly, and the provider says so: another try may do better, a third hardly. */
export class ReplyBotched extends InseamError {
  constructor(target: string, what: string) {
    super('reply-botched', `${target} botched its answer: ${what}.`, {
      fix: 'Ask again, or simplify the schemas of the tools; add a target to fall back to.',
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

/** The provider went on beyond what was asked for, or what a turn may hold, and was stopped. What had come is in `arrived`, and is paid for. */
export class OutputOverrun extends InseamError {
  constructor(target: string, what: string, fix: string) {
    super('output-overrun', `${target} was stopped: ${what}.`, { fix })
  }
}
