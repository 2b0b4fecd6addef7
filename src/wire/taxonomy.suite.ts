import { describe, expect, it } from 'vitest'
import { type Advice, type ErrorCode, type InseamError, isInseamError } from '../errors/index.ts'
import type { DecodeContext, TargetCodec } from './codec.ts'

/** An error as a provider sends it, and what the stages are to do about it. */
export interface Line {
  /** What it is, in the words of the provider's documents. */
  readonly of: string
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly code: ErrorCode
  readonly advice: Advice
  /** Default: none is stated. */
  readonly retryAfterMs?: number
}

/** An answer as a provider ends it: an ending, or a failure that the stages are to mend. */
export interface End {
  readonly of: string
  readonly body: unknown
  readonly is: 'completed' | 'truncated' | 'refused' | 'paused' | ErrorCode
  readonly advice?: Advice
}

/** The lines that hold for every provider, whatever it says beside its status. */
const everywhere: readonly Line[] = [
  { of: 'a timeout', status: 408, body: '', code: 'provider-timed-out', advice: 'retry-once' },
  { of: 'a conflict', status: 409, body: '', code: 'conflict', advice: 'retry-once' },
  { of: 'too early', status: 425, body: '', code: 'conflict', advice: 'retry-once' },
  { of: 'too large', status: 413, body: '', code: 'request-too-large', advice: 'stop' },
  { of: 'not to be processed', status: 422, body: '', code: 'request-rejected', advice: 'stop' },
  { of: 'closed by the client', status: 499, body: '', code: 'request-rejected', advice: 'stop' },
  { of: 'an unknown 4xx', status: 418, body: '', code: 'request-rejected', advice: 'stop' },
  { of: 'not implemented', status: 501, body: '', code: 'request-rejected', advice: 'stop' },
  { of: 'no such version', status: 505, body: '', code: 'request-rejected', advice: 'stop' },
  { of: 'an unknown 5xx', status: 599, body: '', code: 'server-error', advice: 'retry-then-fall-back' },
  { of: 'a page', status: 502, body: '<html>Bad Gateway</html>', code: 'server-error', advice: 'retry-then-fall-back' },
  { of: 'a rate without a word', status: 429, body: '', code: 'rate-limited', advice: 'wait' },
  { of: 'an overload', status: 503, body: '', code: 'overloaded', advice: 'retry-then-fall-back' },
  {
    of: 'an overload that says to stop',
    status: 503,
    body: '',
    headers: { 'x-should-retry': 'false' },
    code: 'overloaded',
    advice: 'fall-back',
  },
  {
    of: 'a rejected request that says to try again',
    status: 400,
    body: '',
    headers: { 'x-should-retry': 'true' },
    code: 'request-rejected',
    advice: 'stop',
  },
  {
    of: 'a rate with a wait in whole seconds',
    status: 429,
    body: '',
    headers: { 'retry-after': '7' },
    code: 'rate-limited',
    advice: 'wait',
    retryAfterMs: 7_000,
  },
  {
    of: 'a rate with two waits, of which the exact one holds',
    status: 429,
    body: '',
    headers: { 'retry-after': '7', 'retry-after-ms': '1500' },
    code: 'rate-limited',
    advice: 'wait',
    retryAfterMs: 1_500,
  },
  ...['0', '-5', 'NaN', 'soon', 'Wed, 21 Oct 2015 07:28:00 GMT'].map((wait) => ({
    of: `a rate with "${wait}" for a wait`,
    status: 429,
    body: '',
    headers: { 'retry-after': wait },
    code: 'rate-limited' as const,
    advice: 'wait' as const,
  })),
]

/** Holds a dialect to what its provider's documents say of failures, line by line. */
export function describeTaxonomy(
  provider: string,
  codec: Pick<TargetCodec, 'decodeError' | 'decodeReply'>,
  { errors, endings = [] }: { readonly errors: readonly Line[]; readonly endings?: readonly End[] },
): void {
  const context: DecodeContext = { target: 'lab/a', quirks: {} }
  describe(`the failures of ${provider}`, () => {
    it.each([...everywhere, ...errors])(
      '$status, $of: $code, $advice',
      ({ status, headers = {}, body, ...expected }) => {
        const said = typeof body === 'string' ? body : JSON.stringify(body)
        const failure = codec.decodeError({ status, headers, body: said }, context)
        const { code, advice, retryAfterMs } = failure
        expect({ code, advice, retryAfterMs }).toEqual({
          code: expected.code,
          advice: expected.advice,
          retryAfterMs: expected.retryAfterMs,
        })
      },
    )
  })
  if (endings.length === 0) return
  describe(`the endings of ${provider}`, () => {
    it.each(endings)('$of: $is', ({ body, is, advice }) => {
      const outcome = tried(() => codec.decodeReply(body as never, context).ending.type)
      expect(isInseamError(outcome) ? outcome.code : outcome).toBe(is)
      if (advice) expect((outcome as InseamError).advice).toBe(advice)
    })
  })
}

function tried<Result>(read: () => Result): unknown {
  try {
    return read()
  } catch (thrown) {
    return thrown
  }
}
