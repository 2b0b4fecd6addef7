import { type ErrorCode, isInseamError, ProviderFailed } from '../errors/index.ts'
import type { DecodeContext, TargetCodec } from '../wire/codec.ts'
import { type AnswerHead, header } from './answer-head.ts'
import type { Exchange } from './exchange.ts'
import { readBytes } from './read-bytes.ts'
import { redact } from './redact.ts'

/** What more an error says is not read. */
const maxErrorBytes = 64 * 1024

/** What a status of 300 or more means, by the words that come with it, secrets taken out. A redirect is not followed. */
export async function readFailure(
  head: AnswerHead,
  exchange: Exchange,
  codec: TargetCodec,
  context: DecodeContext,
  secrets: readonly string[],
): Promise<ProviderFailed> {
  const { status } = head
  if (status < 400) {
    return new ProviderFailed({
      code: 'redirect-refused',
      said: `a redirect to ${originOf(header(head, 'location'))}`,
      target: context.target,
      providerStatus: status,
    })
  }
  const { bytes, failure } = await readBytes(exchange, maxErrorBytes)
  if (failure && !(isInseamError(failure) && forgiven.has(failure.code))) throw failure
  const headers = Object.fromEntries(Object.keys(head.headers).map((name) => [name, header(head, name)]))
  return codec.decodeError({ status, headers, body: redact(bytes.toString('utf8'), secrets) }, context)
}

/** A body may break off, or be no such compression: the status says what happened anyway. */
const forgiven: ReadonlySet<string> = new Set<ErrorCode>(['reply-unreadable', 'reply-too-large', 'stream-interrupted'])

/** The rest of an address may carry what must not be logged. */
function originOf(location: string | undefined): string {
  if (location === undefined) return 'nowhere'
  return URL.parse(location)?.origin ?? 'a relative address'
}
