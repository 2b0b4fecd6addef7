import { messagesErrorBody } from '../anthropic-messages/error.ts'
import type { Frame } from '../dialect.ts'
import { generateErrorBody } from '../gemini/error.ts'
import { asObject } from '../json.ts'
import type { Problem, ProblemKind } from '../problem.ts'

/** What Google answers before a model is reached. */
const beforeTheModel: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  'unauthenticated',
  'not-found',
  'too-large',
  'rate-limited',
  'quota-exhausted',
  'server-error',
  'unavailable',
])

/** Google's envelope, with the reason that it gives for a token that it does not take. */
export function googleErrorBody(problem: Problem): object {
  const body = asObject(generateErrorBody(problem))
  if (problem.kind !== 'unauthenticated') return body
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'ACCESS_TOKEN_TYPE_UNSUPPORTED' }
  return {
    error: {
      ...asObject(body.error),
      message: 'Request had invalid authentication credentials. Expected OAuth 2 access token.',
      details: [info],
    },
  }
}

/** Google's envelope where the model was not reached, Anthropic's where it was. */
export function claudeErrorBody(problem: Problem, requestId: string): object {
  // What Anthropic calls it, Google does not.
  const { type: _, ...rest } = problem
  if (beforeTheModel.has(problem.kind)) return googleErrorBody(rest)
  return messagesErrorBody(problem, `req_vrtx_${requestId}`)
}

/** Within a stream the model was reached. */
export function claudeErrorFrame(problem: Problem, requestId: string): string {
  return `event: error\ndata: ${JSON.stringify(messagesErrorBody(problem, `req_vrtx_${requestId}`))}\n\n`
}

/** A response with what Vertex adds to it. */
export function trafficReply(reply: object): object {
  const { usageMetadata, ...rest } = asObject(reply)
  return {
    ...rest,
    ...(usageMetadata !== undefined && { usageMetadata: { ...asObject(usageMetadata), trafficType: 'ON_DEMAND' } }),
    createTime: '2026-11-23T00:00:00.000000Z',
  }
}

/** A stream with what Vertex adds to each of its responses. */
export function* trafficFrames(frames: Iterable<Frame>): Generator<Frame> {
  for (const frame of frames) {
    const { text } = frame
    if (typeof text !== 'string' || !text.startsWith('data: {')) yield frame
    else yield { ...frame, text: `data: ${JSON.stringify(trafficReply(JSON.parse(text.slice(6))))}\r\n\r\n` }
  }
}
