import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type ErrorCode, ProviderFailed } from '../../errors/index.ts'
import { codeForStatus, excerpt } from '../classify.ts'
import type { DecodeContext, ErrorResponse } from '../codec.ts'
import { parsedJson } from '../parse-json.ts'
import { adviceOverride, type ResponseHeaders, retryAfterMs, statedWaitMs } from '../pushback.ts'
import { text } from './fields.ts'

/** Words in `error.code` or `error.type` (lower case) that say more than the status does. */
const tellingWords: ReadonlyMap<string, ErrorCode> = new Map([
  ['insufficient_quota', 'quota-exhausted'],
  ['credit_balance_exhausted', 'quota-exhausted'],
  ['organization_spend_limit_exceeded', 'quota-exhausted'],
  ['project_spend_limit_exceeded', 'quota-exhausted'],
  ['organization_usage_limit_exceeded', 'quota-exhausted'],
  ['billing_hard_limit_reached', 'quota-exhausted'],
  ['billing_not_active', 'quota-exhausted'],
  ['insufficient_balance', 'quota-exhausted'],
  ['quota_exceeded', 'quota-exhausted'],
  ['context_length_exceeded', 'context-exceeded'],
  ['context_window_exceeded', 'context-exceeded'],
  ['exceed_context_size_error', 'context-exceeded'],
  ['content_policy_violation', 'content-blocked'],
  ['content_filter', 'content-blocked'],
  ['responsibleaipolicyviolation', 'content-blocked'],
  ['invalid_prompt', 'content-blocked'],
  ['bio_policy', 'content-blocked'],
  ['misalignment_policy_violation', 'content-blocked'],
  ['rate_limit_exceeded', 'rate-limited'],
  ['rate_limit_error', 'rate-limited'],
  ['slow_down', 'rate-limited'],
  ['resource_exhausted', 'rate-limited'],
  ['server_is_overloaded', 'overloaded'],
  ['overloaded_error', 'overloaded'],
  ['engine_overloaded', 'overloaded'],
  ['insufficient_system_resource', 'overloaded'],
  ['model_not_found', 'model-not-found'],
  ['deploymentnotfound', 'model-not-found'],
  ['invalid_api_key', 'credential-rejected'],
  ['authentication_error', 'credential-rejected'],
  ['permission_error', 'credential-rejected'],
  ['unsupported_country_region_territory', 'credential-rejected'],
  ['timeout_error', 'provider-timed-out'],
  ['vector_store_timeout', 'provider-timed-out'],
  ['image_content_policy_violation', 'content-blocked'],
])

/** Words that repeat what a status says, for errors that come with none (in a stream, in a 200). */
const plainWords: ReadonlyMap<string, ErrorCode> = new Map([
  ['invalid_request_error', 'request-rejected'],
  ['badrequesterror', 'request-rejected'],
  ['not_found_error', 'model-not-found'],
  ['data_residency_mismatch', 'request-rejected'],
  ['invalid_image', 'request-rejected'],
  ['invalid_image_format', 'request-rejected'],
  ['invalid_image_mode', 'request-rejected'],
  ['invalid_image_url', 'request-rejected'],
  ['invalid_base64_image', 'request-rejected'],
  ['image_too_large', 'request-rejected'],
  ['image_too_small', 'request-rejected'],
  ['image_parse_error', 'request-rejected'],
  ['image_file_too_large', 'request-rejected'],
  ['image_file_not_found', 'request-rejected'],
  ['empty_image_file', 'request-rejected'],
  ['unsupported_image_media_type', 'request-rejected'],
  ['failed_to_download_image', 'request-rejected'],
])

/** How hosts without a code of their own say that the prompt is too long. */
const tooLong = /maximum context length|context (?:length|window|size)|prompt is too long/i

/** Azure's capacity in a region is short, whatever the account's own limits are. */
const highDemand = /experiencing high demand|allowed during peak load/i

/** One request asks for more than a whole minute's tokens: no wait makes it fit. */
const neverFits = /^request too large\b|token budget/i

/** Hosts repeat their quota's code on a request that is too large for it, which waiting does not mend. */
const finalStatuses: ReadonlySet<number> = new Set([413])

interface Said {
  readonly message: string
  readonly type: string
  readonly code: string
  /** The status, where the error states one of its own. */
  readonly status: number | undefined
  readonly waitMs: number | undefined
}

/** What an HTTP response that is no success means. */
export function decodeError({ status, headers, body }: ErrorResponse, { target }: DecodeContext): ProviderFailed {
  const parsed = parsedJson(body)
  const error = parsed === undefined ? undefined : errorOf(parsed, true)
  return failed(error ?? saidInText(body), target, status, headers)
}

/** The failure that a 200, a choice or a stream frame carries as `error`; undefined where it carries none. */
export function failureIn(value: JsonObject, target: string): ProviderFailed | undefined {
  const error = errorOf(value, value.object === 'error')
  return error && failed(error, target, 200, {})
}

/** The failure that an `error` event carries, whatever its shape. */
export function failureOf(value: JsonValue, target: string): ProviderFailed {
  return failed(errorOf(value, true) ?? saidInText(JSON.stringify(value)), target, 200, {})
}

function failed(said: Said, target: string, status: number, headers: ResponseHeaders): ProviderFailed {
  const meant = classify(said, status)
  const code = meant === 'rate-limited' ? limitOf(said.message) : meant
  return new ProviderFailed({
    code,
    said: excerpt(said.message),
    target,
    providerStatus: status,
    requestId: headers['x-request-id'] ?? headers['apim-request-id'],
    ...(said.type !== '' && { providerType: said.type }),
    ...(said.code !== '' && { providerCode: said.code }),
    retryAfterMs: retryAfterMs(headers) ?? said.waitMs ?? statedWaitMs(said.message),
    advice: adviceOverride(headers, code, status),
  })
}

function classify(said: Said, httpStatus: number): ErrorCode {
  const status = httpStatus >= 300 ? httpStatus : (said.status ?? httpStatus)
  if (finalStatuses.has(status)) return codeForStatus(status)
  const words = [said.code.toLowerCase(), said.type.toLowerCase()]
  const telling = words.map((word) => tellingWords.get(word)).find((code) => code !== undefined)
  if (telling) return telling
  const plain = words.map((word) => plainWords.get(word)).find((code) => code !== undefined)
  const code = status < 300 && plain ? plain : codeForStatus(status)
  return code === 'request-rejected' && status < 500 && tooLong.test(said.message) ? 'context-exceeded' : code
}

/** What a rejected rate is by its message. */
function limitOf(message: string): ErrorCode {
  if (highDemand.test(message)) return 'overloaded'
  return neverFits.test(message) ? 'request-too-large' : 'rate-limited'
}

/**
 * The error in a body: `{error: {…}}`, `{error: "…"}`, Gemini's `[{error: {…}}]`, and where the whole body is known to be an
 * error, `{message}`, `{detail}` or a bare string.
 */
function errorOf(value: JsonValue, isError: boolean): Said | undefined {
  if (Array.isArray(value)) return value[0] === undefined ? undefined : errorOf(value[0], isError)
  if (typeof value === 'string') return isError ? saidInText(value) : undefined
  if (!isJsonObject(value)) return undefined
  const { error } = value
  if (isJsonObject(error)) return saidInObject(error)
  if (typeof error === 'string' && error !== '') return { ...saidInObject(value), message: error }
  if (Array.isArray(error)) return errorOf(error, true)
  return isError ? saidInObject(value) : undefined
}

function saidInObject(error: JsonObject): Said {
  const message = text(error.message) || text(error.detail) || JSON.stringify(error)
  const stated =
    typeof error.code === 'number' ? error.code : typeof error.status === 'number' ? error.status : undefined
  return {
    message,
    type: text(error.type) || text(error.status),
    code: typeof error.code === 'number' ? String(error.code) : text(error.code),
    status: stated !== undefined && stated >= 400 && stated < 600 ? stated : undefined,
    waitMs: retryInfo(error.details),
  }
}

function saidInText(message: string): Said {
  return { message, type: '', code: '', status: undefined, waitMs: undefined }
}

/** Gemini's google.rpc.RetryInfo, which it also sends where it speaks this dialect. */
function retryInfo(details: JsonValue | undefined): number | undefined {
  if (!Array.isArray(details)) return undefined
  for (const detail of details) {
    const delay = isJsonObject(detail) ? /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(text(detail.retryDelay))?.[1] : undefined
    if (delay !== undefined && Number(delay) > 0) return Math.ceil(Number(delay) * 1000)
  }
  return undefined
}
