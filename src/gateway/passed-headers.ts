import type { IncomingMessage } from 'node:http'

/**
 * What is the client's own or its connection's, and not the provider's to see: its credentials in all their forms, who pays, what
 * it runs on, where it comes from, and what is said to the gateway alone.
 */
const dropped = new RegExp(
  `^(?:${[
    'connection|keep-alive|proxy-.+|te|trailer|transfer-encoding|upgrade|http2-settings|expect|host',
    'authorization|x-api-key|x-goog-api-key|api-key|cookie2?|x-amz-security-token|x-amz-date|x-goog-iam-.+|x-goog-user-project',
    'openai-organization|openai-project',
    'forwarded|x-forwarded-.+|x-real-ip|x-client-ip|true-client-ip|cf-.+|via|x-request-id',
    'traceparent|tracestate|baggage|x-b3-.+',
    'user-agent|referer|origin|sec-.+|x-stainless-.+|x-goog-api-client|x-inseam-.+',
  ].join('|')})$`,
)

/**
 * The headers that go on with a request that is passed through. One that holds the client's key, whatever its name, does not.
 * The length of a body goes with it.
 */
export function passedHeaders(request: IncomingMessage, presented: string): Record<string, string | string[]> {
  const { connection = '', 'content-length': length } = request.headers
  const ofConnection = connection.toLowerCase().split(/\s*,\s*/)
  const passed: Record<string, string | string[]> = {}
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    if (dropped.test(name) || ofConnection.includes(name) || name === 'content-length') continue
    if (presented !== '' && values.some((value) => value.includes(presented))) continue
    const [only = ''] = values
    passed[name] = values.length === 1 ? only : values
  }
  if (length !== undefined && hasBody(request)) passed['content-length'] = length
  return passed
}

/** Whether a request has a body, by its own word. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
