import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../core/caller.ts'
import { isJsonObject } from '../core/json.ts'
import type { ModelRequest } from '../core/request.ts'
import { asInseamError, InvalidRequest } from '../errors/index.ts'
import type { FeaturePipeline } from '../patterns/run-feature.ts'
import type { Codec } from '../wire/codec.ts'
import { answer } from './answer.ts'
import type { FeatureModels } from './feature-models.ts'
import type { Guard } from './guard.ts'
import { readBody } from './read-body.ts'
import { refuse } from './refuse.ts'
import { runAsModel } from './run-as-model.ts'

/** What serving a call needs. */
export interface ServeCallOptions {
  readonly pipeline: FeaturePipeline
  readonly features: FeatureModels
  readonly codec: Codec
  readonly guard: Guard
  readonly maxBodyBytes: number
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal
}

/** Reads a call in its dialect, runs it and answers. What cannot be read is refused, and is on the record too. Never throws. */
export async function serveCall(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServeCallOptions,
): Promise<void> {
  const { pipeline, features, codec, guard, maxBodyBytes, signal } = options
  const { headers } = request
  const traceId = traceOf(headers.traceparent)
  let model = ''
  let caller: Caller = {}
  try {
    const admission = guard(headers, true)
    caller = admission.caller
    const { text, json } = await readBody(request, maxBodyBytes)
    model = modelOf(json)
    admission.allowModel(model)
    const feature = features.find(model, admission.opens)
    if (feature) caller = { ...caller, feature: feature.name }
    const asked = codec.decodeRequest(json)
    const named = admission.caller.feature
    const served = feature && runAsModel(pipeline, feature, asked, { dialect: codec.dialect, named })
    const call = pipeline.begin({
      door: 'gateway',
      model,
      caller,
      request: asked,
      wire: { dialect: codec.dialect, body: text, headers: passedOn(headers, codec) },
      timeoutMs: limitOf(headers['x-inseam-deadline-ms']),
      traceId,
      signal,
    })
    const created = Math.floor(Date.now() / 1000)
    const context = { callId: call.id, model, created, includeUsage: includesUsage(asked) }
    await answer(call, response, { run: pipeline.run, ...served, codec, context })
  } catch (thrown) {
    const error = asInseamError(thrown)
    const call = pipeline.begin({
      door: 'gateway',
      model,
      caller,
      request: { messages: [], stream: false },
      wire: { dialect: codec.dialect, body: '', headers: {} },
      traceId,
    })
    pipeline.refuse(call, error)
    refuse(response, error, codec, call)
  }
}

/** A longer name names nothing, and stands in no record. */
const maxModelLength = 256

function modelOf(json: unknown): string {
  const model = isJsonObject(json) ? json.model : undefined
  if (typeof model === 'string' && model !== '' && model.length <= maxModelLength) return model
  throw new InvalidRequest(
    'model',
    'expected the name of a model.',
    'Name an alias, or `provider/model`; GET /v1/models lists them.',
  )
}

function passedOn(headers: IncomingMessage['headers'], codec: Codec): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const name of codec.passedHeaders) {
    const value = headers[name]
    if (typeof value === 'string') passed[name] = value
  }
  return passed
}

function limitOf(value: string | string[] | undefined): number | undefined {
  if (value === undefined) return undefined
  const limit = Number(value)
  if (Number.isFinite(limit) && limit > 0) return limit
  throw new InvalidRequest(
    'x-inseam-deadline-ms',
    `expected a number of milliseconds, found "${String(value).slice(0, 40)}".`,
  )
}

/** The trace id of a W3C `traceparent`. */
const traceOf = (header: string | string[] | undefined) => /^[\da-f]{2}-([\da-f]{32})-/.exec(String(header ?? ''))?.[1]

/** OpenAI's clients ask for usage in a stream; Anthropic's always get it. */
function includesUsage({ extensions }: ModelRequest): boolean {
  const options = extensions?.['openai-chat']?.stream_options
  return isJsonObject(options) && options.include_usage === true
}
