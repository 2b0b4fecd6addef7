import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type ErrorCode, ProviderFailed } from '../../errors/index.ts'
import { codeForStatus, excerpt } from '../classify.ts'
import type { DecodeContext, ErrorResponse } from '../codec.ts'
import { parsedObject } from '../parse-json.ts'
import { adviceOverride, retryAfterMs, statedWaitMs } from '../pushback.ts'

export { encodeError } from './encode-error.ts'

/** `error.type`, by the SDK's error objects and the documentation's table. */
const codesByType: Readonly<Record<string, ErrorCode>> = {
  invalid_request_error: 'request-rejected',
  authentication_error: 'credential-rejected',
  billing_error: 'quota-exhausted',
  permission_error: 'credential-rejected',
  not_found_error: 'model-not-found',
  conflict_error: 'conflict',
  request_too_large: 'request-too-large',
  rate_limit_error: 'rate-limited',
  api_error: 'server-error',
  timeout_error: 'provider-timed-out',
  overloaded_error: 'overloaded',
}

/** `error.details.error_code`, where it says more than the type: a spend limit that is reached is no rate limit. */
const codesByDetail: Readonly<Record<string, ErrorCode>> = {
  enforced_spend_limit_reached: 'quota-exhausted',
  contract_spend_limit_reached: 'quota-exhausted',
  linked_organization_spend_limit_reached: 'quota-exhausted',
  linked_organization_billing_unavailable: 'quota-exhausted',
  ramp_limit_exceeded: 'rate-limited',
  organization_on_hold: 'credential-rejected',
  cmek_key_disabled: 'credential-rejected',
  compaction_unavailable: 'overloaded',
}

/** What a failure of one code turns out to be by its message alone. */
const codesByMessage: readonly (readonly [ErrorCode, RegExp, ErrorCode])[] = [
  [
    'request-rejected',
    /(?:prompt|input) is too long|exceeds? (?:the )?(?:model's )?(?:maximum )?context (?:limit|window|length)/i,
    'context-exceeded',
  ],
  ['request-rejected', /credit balance is too low|(?:usage|spend(?:ing)?) limits?\b/i, 'quota-exhausted'],
  ['request-rejected', /content filtering policy/i, 'content-blocked'],
  // The header of a browser's request is at fault, and not the key.
  ['credential-rejected', /\bCORS\b/, 'request-rejected'],
]

/** What an error response says. Bodies that are not the envelope are read too, as far as they go. */
export function decodeError({ status, headers, body }: ErrorResponse, { target }: DecodeContext): ProviderFailed {
  const envelope = parsedObject(body)
  const { code, said, ...named } = classify(envelope, status, body)
  return new ProviderFailed({
    code,
    said,
    target,
    providerStatus: status,
    requestId: headers['request-id'] ?? text(envelope?.request_id) ?? headers['x-request-id'],
    ...named,
    retryAfterMs: retryAfterMs(headers) ?? statedWaitMs(said),
    advice: adviceOverride(headers, code, status),
  })
}

/** What an error in a 200 says: in a stream, or in place of a reply. */
export function decodeErrorEvent(said: JsonValue, { target }: DecodeContext): ProviderFailed {
  const envelope = isJsonObject(said) ? said : undefined
  const failure = classify(envelope, undefined, typeof said === 'string' ? said : JSON.stringify(said))
  return new ProviderFailed({
    ...failure,
    target,
    requestId: text(envelope?.request_id),
    retryAfterMs: statedWaitMs(failure.said),
  })
}

interface Classified {
  readonly code: ErrorCode
  readonly said: string
  readonly providerType?: string
  readonly providerCode?: string
}

function classify(envelope: JsonObject | undefined, status: number | undefined, body: string): Classified {
  const error = isJsonObject(envelope?.error) ? envelope.error : undefined
  const providerType = text(error?.type)
  const providerCode = isJsonObject(error?.details) ? text(error.details.error_code) : undefined
  const message = text(error?.message) ?? text(envelope?.error) ?? text(envelope?.message)
  const code =
    lookUp(codesByDetail, providerCode) ??
    lookUp(codesByType, providerType) ??
    (status === undefined ? 'server-error' : codeForStatus(status))
  return {
    code: codesByMessage.find(([from, pattern]) => from === code && pattern.test(message ?? body))?.[2] ?? code,
    said: excerpt(message || body),
    ...(providerType !== undefined && { providerType }),
    ...(providerCode !== undefined && { providerCode }),
  }
}

function lookUp(table: Readonly<Record<string, ErrorCode>>, name: string | undefined): ErrorCode | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
