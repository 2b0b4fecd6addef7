import type { JsonObject } from '../../core/json.ts'
import { type InseamError, InvalidRequest } from '../../errors/index.ts'

const namesByStatus: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** The envelope in which the API reports an error. Its message ends with the fix; its details say the seam's word and the wait. */
export function encodeError(error: InseamError, callId: string): JsonObject {
  const { status, code, retryAfterMs } = error
  const field = error instanceof InvalidRequest && error.path !== '' ? error.path : undefined
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: code.toUpperCase().replaceAll('-', '_'),
    domain: 'inseam',
    metadata: { call: callId, ...(field !== undefined && { field }) },
  }
  const wait = retryAfterMs !== undefined && {
    '@type': 'type.googleapis.com/google.rpc.RetryInfo',
    retryDelay: `${retryAfterMs / 1000}s`,
  }
  return {
    error: {
      code: status,
      message: `${error.message} ${error.fix}`,
      status: namesByStatus[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT'),
      details: wait ? [info, wait] : [info],
    },
  }
}
