import { ReplyUnreadable } from '../errors/index.ts'
import { excerpt } from '../wire/classify.ts'
import type { ExchangePart } from './exchange.ts'
import { redact } from './redact.ts'

/** How a response begins: its status and its headers. */
export type AnswerHead = Extract<ExchangePart, { readonly type: 'answered' }>

/** The first value of a header, named in lower case. */
export function header({ headers }: AnswerHead, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** The id that the host gave the request, without these secrets; undefined where it gave none. */
export function requestIdOf(head: AnswerHead, secrets: readonly string[]): string | undefined {
  const id = header(head, 'x-request-id') ?? header(head, 'request-id') ?? header(head, 'x-amzn-requestid')
  return id && redact(id, secrets)
}

/**
 * Throws `ReplyUnreadable` for a body that is encoded. `identity` was asked for: what is encoded all the same would have to be
 * decoded without bound, or passed on as garbage.
 */
export function refuseEncoded(head: AnswerHead, target: string): void {
  const encoding = header(head, 'content-encoding') || 'identity'
  if (encoding.toLowerCase() === 'identity') return
  throw new ReplyUnreadable(target, `a body encoded as ${excerpt(encoding, 40)}, which was not asked for`)
}
