import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type ErrorCode, ProviderFailed } from '../../errors/index.ts'
import { codeForStatus, excerpt } from '../classify.ts'
import type { DecodeContext, ErrorResponse } from '../codec.ts'
import { parsedJson } from '../parse-json.ts'
import { adviceOverride, type ResponseHeaders, retryAfterMs, statedWaitMs } from '../pushback.ts'
import { text } from './extras.ts'

export { encodeError } from './encode-error.ts'

/** `error.status`: the names of google.rpc.Code. */
const codesByStatus: Readonly<Record<string, ErrorCode>> = {
  INVALID_ARGUMENT: 'request-rejected',
  FAILED_PRECONDITION: 'credential-rejected',
  OUT_OF_RANGE: 'request-rejected',
  UNAUTHENTICATED: 'credential-rejected',
  PERMISSION_DENIED: 'credential-rejected',
  NOT_FOUND: 'model-not-found',
  ABORTED: 'conflict',
  ALREADY_EXISTS: 'conflict',
  RESOURCE_EXHAUSTED: 'rate-limited',
  UNAVAILABLE: 'overloaded',
  // Not Google's word, but that of hosts that stand before it.
  OVERLOADED_ERROR: 'overloaded',
  DEADLINE_EXCEEDED: 'provider-timed-out',
  INTERNAL: 'server-error',
  UNKNOWN: 'server-error',
  DATA_LOSS: 'server-error',
  // The words of the Interactions API, which are in lower case there.
  INVALID_REQUEST: 'request-rejected',
  RATE_LIMIT_EXCEEDED: 'rate-limited',
  QUOTA_EXCEEDED: 'quota-exhausted',
}

/** What a failure of one code turns out to be by its message alone. */
const codesByMessage: readonly (readonly [ErrorCode, RegExp, ErrorCode])[] = [
  [
    'request-rejected',
    /input token count.*exceeds the maximum|exceeds? the maximum number of tokens/i,
    'context-exceeded',
  ],
  [
    'request-rejected',
    /api key (?:not valid|expired|not found)|user location is not supported/i,
    'credential-rejected',
  ],
  ['request-rejected', /payload size exceeds/i, 'request-too-large'],
  // A file that is not ready yet, or will never be: the account lacks nothing.
  ['credential-rejected', /\bfile\b.*\bstate\b/i, 'request-rejected'],
]

/** What an HTTP response that is no success means. */
export function decodeError({ status, headers, body }: ErrorResponse, { target }: DecodeContext): ProviderFailed {
  const parsed = parsedJson(body)
  return failed(errorOf(parsed) ?? saidInText(parsed, body), target, status, headers)
}

/** The failure that an event named `error` carries, whatever its shape. */
export function failureOf(value: JsonValue, target: string): ProviderFailed {
  return failed(
    errorOf(value) ?? saidInText(value, typeof value === 'string' ? value : JSON.stringify(value)),
    target,
    200,
    {},
  )
}

/** The failure that a 200 or a stream frame carries as `error`; undefined where it carries none. */
export function failureIn(value: JsonValue, target: string): ProviderFailed | undefined {
  const error = errorOf(value)
  return error && failed(error, target, 200, {})
}

/** The error of `{error: {…}}` (a text or a list in some hosts), or of a list that begins with one, as a stream that is no SSE has it. */
function errorOf(value: JsonValue | undefined): JsonObject | undefined {
  const first = Array.isArray(value) ? value[0] : value
  if (!isJsonObject(first)) return undefined
  const error = Array.isArray(first.error) ? first.error[0] : first.error
  if (isJsonObject(error)) return error
  return typeof error === 'string' && error !== '' ? { message: error } : undefined
}

function saidInText(parsed: JsonValue | undefined, body: string): JsonObject {
  const message = isJsonObject(parsed) ? text(parsed.message) || text(parsed.error) : ''
  return { message: message || body }
}

function failed(error: JsonObject, target: string, status: number, headers: ResponseHeaders): ProviderFailed {
  const said = text(error.message) || JSON.stringify(error)
  const details = Array.isArray(error.details) ? error.details.filter(isJsonObject) : []
  const code = classify(error, said, details, status)
  const providerType = text(error.status)
  const reason = details.map((detail) => text(detail.reason)).find((word) => word !== '')
  return new ProviderFailed({
    code,
    said: excerpt(said),
    target,
    providerStatus: status,
    requestId: headers['x-request-id'],
    ...(providerType !== '' && { providerType }),
    ...(reason !== undefined && { providerCode: reason }),
    retryAfterMs: isNothing(said) ? undefined : (retryAfterMs(headers) ?? retryInfo(details) ?? statedWaitMs(said)),
    advice: adviceOverride(headers, code, status),
  })
}

function classify(error: JsonObject, said: string, details: readonly JsonObject[], httpStatus: number): ErrorCode {
  const stated = typeof error.code === 'number' && error.code >= 400 && error.code < 600 ? error.code : undefined
  const status = httpStatus >= 300 ? httpStatus : (stated ?? httpStatus)
  const name = (text(error.status) || text(error.type) || text(error.code)).toUpperCase()
  const code = (Object.hasOwn(codesByStatus, name) ? codesByStatus[name] : undefined) ?? codeForStatus(status)
  if (code === 'rate-limited' && (isOfTheDay(details) || isNothing(said))) return 'quota-exhausted'
  return codesByMessage.find(([from, pattern]) => from === code && pattern.test(said))?.[2] ?? code
}

/** A quota of nothing is no matter of time, whatever wait is stated beside it. */
function isNothing(said: string): boolean {
  return /\blimit: 0\b/.test(said)
}

/** Limits of a minute pass by themselves; those of a day do not. */
function isOfTheDay(details: readonly JsonObject[]): boolean {
  const violations = details.flatMap(({ violations }) =>
    Array.isArray(violations) ? violations.filter(isJsonObject) : [],
  )
  return violations.some(({ quotaId }) => /PerDay/.test(text(quotaId)))
}

/** google.rpc.RetryInfo, in milliseconds. */
function retryInfo(details: readonly JsonObject[]): number | undefined {
  for (const { retryDelay } of details) {
    const delay = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(text(retryDelay))?.[1]
    if (delay !== undefined && Number(delay) > 0) return Math.ceil(Number(delay) * 1000)
  }
  return undefined
}
