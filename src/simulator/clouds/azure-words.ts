import type { Frame, RateLimits } from '../dialect.ts'
import { asList, asObject, isObject, type JsonObject } from '../json.ts'
import { chatErrorBody } from '../openai-chat/error.ts'
import { openaiHeaders } from '../openai-headers.ts'
import { type Problem, statusOf } from '../problem.ts'

const safe = {
  hate: { filtered: false, severity: 'safe' },
  self_harm: { filtered: false, severity: 'safe' },
  sexual: { filtered: false, severity: 'safe' },
  violence: { filtered: false, severity: 'safe' },
}
const blocked = { ...safe, violence: { filtered: true, severity: 'high' } }
const promptFilter = [
  { prompt_index: 0, content_filter_results: { ...safe, jailbreak: { filtered: false, detected: false } } },
]

/** A completion with what Azure's filters found in it. */
export function filteredReply(reply: object): object {
  const { choices, ...rest } = asObject(reply)
  return { ...rest, choices: asList(choices).map(withFilter), prompt_filter_results: promptFilter }
}

function withFilter(choice: unknown): JsonObject {
  const { finish_reason: reason, delta, ...rest } = asObject(choice)
  const says = delta === undefined || typeof asObject(delta).content === 'string'
  const found = reason === 'content_filter' ? blocked : says ? safe : {}
  return {
    ...rest,
    ...(delta !== undefined && { delta }),
    ...(reason !== undefined && { finish_reason: reason }),
    content_filter_results: found,
  }
}

/** A stream as Azure frames it: first what was found in the prompt, and after the words what was found in them. */
export function* filteredFrames(frames: Iterable<Frame>): Generator<Frame> {
  yield silent({ choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: promptFilter })
  let last: JsonObject = {}
  let hasEnded = false
  for (const frame of frames) {
    const chunk = chunkOf(frame)
    if (!chunk) {
      yield frame
      continue
    }
    if (frame.kind === 'ending' && !hasEnded) {
      hasEnded = true
      yield silent(asyncFilter(last))
    }
    last = chunk
    const choices = asList(chunk.choices)
    yield { ...frame, text: framed({ ...chunk, choices: choices.map(withFilter) }) }
  }
}

/** What an asynchronous filter reports of the words before: it says nothing itself. */
function asyncFilter({ choices: _choices, usage: _usage, ...head }: JsonObject): JsonObject {
  const offsets = { check_offset: 0, start_offset: 0, end_offset: 0 }
  return {
    ...head,
    choices: [
      { index: 0, delta: {}, finish_reason: null, content_filter_results: safe, content_filter_offsets: offsets },
    ],
  }
}

function chunkOf({ text }: Frame): JsonObject | undefined {
  if (typeof text !== 'string' || !text.startsWith('data: {')) return undefined
  const value: unknown = JSON.parse(text.slice('data: '.length))
  return isObject(value) ? value : undefined
}

function silent(chunk: JsonObject): Frame {
  return { text: framed(chunk), kind: 'lifecycle', outputTokens: 0, reasoningTokens: 0, carriesUsage: false }
}

const framed = (chunk: JsonObject) => `data: ${JSON.stringify(chunk)}\n\n`

/** OpenAI's error envelope with Azure's codes in it. */
export function azureErrorBody(problem: Problem): object {
  const { kind, message } = problem
  switch (kind) {
    case 'unauthenticated':
      return { error: { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' } }
    case 'not-found':
      return {
        error:
          problem.code === '404'
            ? { code: '404', message }
            : { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' },
      }
    case 'rate-limited':
      return { error: { code: '429', message: 'Requests have exceeded the token rate limit of this deployment.' } }
    case 'server-error':
    case 'unavailable':
      return { error: { code: kind === 'server-error' ? 'InternalServerError' : 'ServiceUnavailable', message } }
    case 'content-blocked':
      return {
        error: {
          message: "The prompt triggered Azure OpenAI's content management policy.",
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: statusOf[kind],
          innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: blocked },
        },
      }
    default:
      return chatErrorBody(problem)
  }
}

export function azureErrorFrame(problem: Problem): string {
  return framed(azureErrorBody(problem) as JsonObject)
}

/** The headers of every reply. */
export function azureHeaders(requestId: string, limits: RateLimits): Record<string, string> {
  const {
    'openai-organization': _organization,
    'openai-version': _version,
    'openai-processing-ms': _took,
    ...rest
  } = openaiHeaders(requestId, limits)
  return { ...rest, 'apim-request-id': requestId, 'x-ms-region': 'Simulated' }
}
