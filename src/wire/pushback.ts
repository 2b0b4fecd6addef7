import { type Advice, type ErrorCode, errorCodes } from '../errors/index.ts'

/** Response headers, names in lower case. */
export type ResponseHeaders = Readonly<Record<string, string | undefined>>

const milliseconds = ['retry-after-ms', 'x-ms-retry-after-ms']

/**
 * How long the provider asks to wait, in milliseconds: `retry-after-ms`, else Azure's `x-ms-retry-after-ms`, else
 * `retry-after` in seconds or as an HTTP date (RFC 9110, 10.2.3; against the response's own `date` where there is one).
 * Undefined for what is absent, garbage, past, zero or negative: then the ordinary back-off holds, never none at all.
 */
export function retryAfterMs(headers: ResponseHeaders, epochMs: () => number = Date.now): number | undefined {
  for (const name of milliseconds) {
    const wait = positive(headers[name])
    if (wait !== undefined) return Math.ceil(wait)
  }
  const stated = headers['retry-after']
  const seconds = positive(stated)
  if (seconds !== undefined) return Math.ceil(seconds * 1000)
  const until = httpDate(stated)
  if (until === undefined) return undefined
  const wait = until - (httpDate(headers.date) ?? epochMs())
  return wait > 0 ? wait : undefined
}

/**
 * What `x-should-retry` makes of a failure with this code: `false` sends it to the next target at once. `true` changes
 * nothing, and neither value softens a failure that nobody could answer better. A 408 is tried once more, as 409 and 425 are.
 */
export function adviceOverride(headers: ResponseHeaders, code: ErrorCode, status?: number): Advice | undefined {
  const { advice } = errorCodes[code]
  const stops = headers['x-should-retry']?.trim().toLowerCase() === 'false'
  if (stops && advice !== 'stop') return 'fall-back'
  return status === 408 && advice === 'retry-then-fall-back' ? 'retry-once' : undefined
}

/**
 * The wait that an error message states in words, in milliseconds: `Please try again in 6m0s`, `in 250ms`, `Please retry after 20
 * seconds`, `You will regain access on 2026-12-01 at 00:00 UTC`.
 */
export function statedWaitMs(said: string, epochMs: () => number = Date.now): number | undefined {
  const access = /\bregain access on (\d{4}-\d{2}-\d{2})(?: at (\d{2}:\d{2}))? UTC/i.exec(said)
  if (access) {
    const wait = Date.parse(`${access[1]}T${access[2] ?? '00:00'}:00Z`) - epochMs()
    return wait > 0 ? wait : undefined
  }
  const spelt = /\b(?:try again|retry) (?:in|after) (\d{1,9}(?:\.\d{1,9})?) seconds?\b/i.exec(said)?.[1]
  if (spelt) return Number(spelt) > 0 ? Math.ceil(Number(spelt) * 1000) : undefined
  const stated = /\b(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:ms|h|m|s))+)\b/i.exec(said)?.[1]
  if (!stated) return undefined
  let wait = 0
  for (const [, amount, unit] of stated.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/gi)) {
    wait += Number(amount) * (unitMs[(unit ?? '').toLowerCase()] ?? 0)
  }
  return wait > 0 ? Math.ceil(wait) : undefined
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function positive(value: string | undefined): number | undefined {
  if (value === undefined || !/^\s*\d{1,12}(?:\.\d{1,9})?\s*$/.test(value)) return undefined
  const number = Number(value)
  return number > 0 ? number : undefined
}

/** One of the three date forms of HTTP. The asctime form has no zone and means GMT. */
function httpDate(value: string | undefined): number | undefined {
  const text = value?.trim()
  if (!text || !/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return undefined
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(time) ? undefined : time
}
