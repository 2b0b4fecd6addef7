import type { JsonObject } from '../../core/json.ts'
import { type ErrorCode, type InseamError, InvalidRequest } from '../../errors/index.ts'

/** The dialect's own words for what kind of error a caller meets. */
const errorTypes: Partial<Record<ErrorCode, string>> = {
  'invalid-request': 'invalid_request_error',
  'input-invalid': 'invalid_request_error',
  'request-rejected': 'invalid_request_error',
  'request-too-large': 'invalid_request_error',
  'context-exceeded': 'invalid_request_error',
  'content-blocked': 'invalid_request_error',
  'unknown-model': 'invalid_request_error',
  'model-not-found': 'invalid_request_error',
  'not-found': 'invalid_request_error',
  unauthorized: 'authentication_error',
  forbidden: 'permission_error',
  'quota-exhausted': 'insufficient_quota',
  'rate-limited': 'rate_limit_error',
  'limit-exceeded': 'rate_limit_error',
}

/** The words that OpenAI has for what happened, which applications look for; where it has none, ours stand. */
const ownCodes: Partial<Record<ErrorCode, string>> = {
  'context-exceeded': 'context_length_exceeded',
  'quota-exhausted': 'insufficient_quota',
  'rate-limited': 'rate_limit_exceeded',
  'limit-exceeded': 'rate_limit_exceeded',
  'model-not-found': 'model_not_found',
  'unknown-model': 'model_not_found',
  'content-blocked': 'content_policy_violation',
  unauthorized: 'invalid_api_key',
}

/** An error as this dialect's clients know it. `code` is OpenAI's word where it has one, else the seam's. */
export function encodeError(error: InseamError): JsonObject {
  return {
    error: {
      message: `${error.message} ${error.fix}`,
      type: errorTypes[error.code] ?? 'server_error',
      param: error instanceof InvalidRequest && error.path !== '' ? error.path : null,
      code: ownCodes[error.code] ?? error.code,
    },
  }
}
