import type { JsonObject } from '../../core/json.ts'
import { type InseamError, ProviderFailed } from '../../errors/index.ts'

const typesByStatus: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** The envelope in which the API reports an error. Its message ends with the fix. */
export function encodeError(error: InseamError, callId: string): JsonObject {
  const type = typesByStatus[error.status] ?? 'api_error'
  // Anthropic's own clients branch on this word, and mend their next request by it.
  const details = error instanceof ProviderFailed && error.providerCode ? { error_code: error.providerCode } : undefined
  const message = `${error.message} ${error.fix}`
  return { type: 'error', error: { type, message, ...(details && { details }) }, request_id: callId }
}
