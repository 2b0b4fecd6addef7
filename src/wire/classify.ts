import type { ErrorCode } from '../errors/index.ts'

const statusCodes: Readonly<Record<number, ErrorCode>> = {
  401: 'credential-rejected',
  402: 'quota-exhausted',
  403: 'credential-rejected',
  404: 'model-not-found',
  408: 'provider-timed-out',
  409: 'conflict',
  413: 'request-too-large',
  425: 'conflict',
  429: 'rate-limited',
  501: 'request-rejected',
  503: 'overloaded',
  504: 'provider-timed-out',
  505: 'request-rejected',
  529: 'overloaded',
}

/**
 * What an HTTP status means where the body says nothing better. An unknown 4xx is a rejected request, an unknown 5xx (and an
 * error in a 200) a failure of the server's own.
 */
export function codeForStatus(status: number): ErrorCode {
  const known = statusCodes[status]
  if (known) return known
  if (status >= 300 && status < 400) return 'redirect-refused'
  return status >= 400 && status < 500 ? 'request-rejected' : 'server-error'
}

const longestRead = 8192

/**
 * What a body of any kind says, in at most `limit` characters (default 500): tags, scripts and styles of HTML are left out,
 * white space is made single.
 */
export function excerpt(body: string, limit = 500): string {
  let text = body.slice(0, longestRead)
  if (/^\s*<(?:!doctype|html|head|body|h1|center|title|\?xml)\b/i.test(text)) {
    text = text.replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, ' ').replace(/<[^<>]*>/g, ' ')
  }
  text = text.replace(/\s+/g, ' ').trim()
  if (text === '') return 'an empty body'
  return text.length > limit ? `${text.slice(0, limit - 1).toWellFormed()}…` : text
}
