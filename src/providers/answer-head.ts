import type { RateLimits } from '../core/rate-limits.ts'
import { readRateLimits } from '../wire/rate-limits.ts'
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

/** What the host says of its own limits; undefined where it says nothing. */
export function rateLimitsOf(head: AnswerHead): RateLimits | undefined {
  return readRateLimits((name) => header(head, name))
}

/** How the body is compressed, though nobody asked for it: undefined where it is not. */
export function encodingOf(head: AnswerHead): string | undefined {
  const encoding = header(head, 'content-encoding')?.trim().toLowerCase()
  return encoding && encoding !== 'identity' ? encoding : undefined
}
