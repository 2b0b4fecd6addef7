import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../core/caller.ts'
import { isJsonObject } from '../core/json.ts'
import type { ModelRequest } from '../core/request.ts'
import { asInseamError, InseamError, InvalidRequest, UnknownModel } from '../errors/index.ts'
import { featureNameIn } from '../patterns/feature-model.ts'
import type { FeaturePipeline } from '../patterns/run-feature.ts'
import type { ClientOperation, Codec } from '../wire/codec.ts'
import { answer } from './answer.ts'
import { askedByHeader } from './asked-by-header.ts'
import { broughtKeys } from './brought-keys.ts'
import type { Addressed, Door } from './doors.ts'
import type { FeatureModels } from './feature-models.ts'
import type { Admission, Guard } from './guard.ts'
import { readBody } from './read-body.ts'
import { refuse } from './refuse.ts'
import { runAsModel } from './run-as-model.ts'

/** What serving a call needs. */
export interface ServeCallOptions {
  readonly pipeline: FeaturePipeline
  readonly features: FeatureModels
  readonly door: Door
  readonly guard: Guard
  readonly maxBodyBytes: number
  /** After how much silence a stream is pinged, in milliseconds. Absent: never. */
  readonly pingMs: number | undefined
  /** How long the client may take nothing of the answer, in milliseconds. */
  readonly readerTimeoutMs: number
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal
}

/** Reads a call in its dialect, runs it and answers. What cannot be read is refused, and is on the record too. Never throws. */
export async function serveCall(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServeCallOptions,
): Promise<void> {
  const { pipeline, features, door, guard, maxBodyBytes, pingMs, readerTimeoutMs, signal } = options
  const { codec, operation, addressed } = door
  const { headers } = request
  const traceId = traceOf(headers.traceparent)
  let model = ''
  let caller: Caller = {}
  try {
    if (addressed) checkQuery(request.url ?? '', addressed)
    const admitted = guard(request, true)
    const admission = admitted instanceof Promise ? await admitted : admitted
    caller = admission.caller
    if (signal.aborted) throw signal.reason
    const { text, json } = await readBody(request, maxBodyBytes)
    model = addressed ? checkModel(addressed.model) : modelOf(json)
    admission.allowModel(model)
    if (admission.isRestricted) demandKnown(pipeline, model, admission)
    const ownKeys = broughtKeys(headers, () => pipeline.passable(), admission)
    const feature = features.find(model, admission.opens)
    if (feature) caller = { ...caller, feature: feature.name }
    if (feature && operation?.operation === 'embed') throw answersOnly(model, operation)
    const decoded = (operation ?? codec).decodeRequest(json)
    const asked = addressed ? { ...decoded, stream: addressed.stream } : decoded
    const named = admission.caller.feature
    const served =
      feature &&
      runAsModel(pipeline, feature, asked, { dialect: codec.dialect, named, operation: operation?.operation })
    const call = pipeline.begin({
      door: 'gateway',
      model,
      caller,
      ...(admission.terms && { terms: admission.terms }),
      ...(ownKeys && { ownKeys }),
      request: asked,
      wire: { dialect: codec.dialect, path: operation?.path, body: text, headers: passedOn(headers, codec) },
      ...askedByHeader(headers),
      traceId,
      signal,
    })
    const created = Math.floor(Date.now() / 1000)
    const context = { callId: call.id, model, created, includeUsage: includesUsage(asked) }
    const pace = { clock: pipeline.clock, pingMs, readerTimeoutMs }
    await answer(call, response, { run: pipeline.run, ...served, codec, operation, context, pace })
  } catch (thrown) {
    const error = asInseamError(thrown)
    const call = pipeline.begin({
      door: 'gateway',
      model,
      caller,
      request: { operation: operation?.operation, messages: [], stream: false },
      wire: { dialect: codec.dialect, body: '', headers: {} },
      traceId,
    })
    pipeline.refuse(call, error)
    refuse(response, error, codec, call)
  }
}

/** Who may call some models hears of no others. */
function demandKnown(pipeline: FeaturePipeline, model: string, { keyName, opens }: Admission): void {
  if (featureNameIn(model) !== undefined) return
  try {
    pipeline.targetsOf(model)
  } catch (thrown) {
    if (!(thrown instanceof UnknownModel)) throw thrown
    const known = pipeline.models().filter(({ id }) => opens(id))
    throw new InseamError(
      'unknown-model',
      `There is no model "${model}" any more, which the key "${keyName}" may call.`,
      {
        fix: `Use one of: ${known.map(({ id }) => id).join(', ') || 'none is left, so ask whoever made the key'}.`,
      },
    )
  }
}

function answersOnly(model: string, { operation }: ClientOperation): InseamError {
  return new InseamError(
    'operation-unsupported',
    `"${model}" is a feature: it gives answers, and has no ${operation}.`,
    {
      fix: 'Name an alias, or `provider/model`; GET /v1/models lists them.',
    },
  )
}

/** A longer name names nothing, and stands in no record. */
const maxModelLength = 256

function modelOf(json: unknown): string {
  return checkModel(isJsonObject(json) ? json.model : undefined)
}

function checkModel(model: unknown): string {
  if (typeof model === 'string' && model !== '' && model.length <= maxModelLength) return model
  throw new InvalidRequest(
    'model',
    'expected the name of a model.',
    'Name an alias, or `provider/model`; GET /v1/models lists them.',
  )
}

/**
 * Addresses are logged by everything that they pass, so a key in one is a key that is lost; and the dialect's other form of a
 * stream, one long list, has no word for an error once it has begun.
 */
function checkQuery(url: string, { stream }: Addressed): void {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1))
  if (url.includes('?') && query.has('key')) {
    throw new InseamError('unauthorized', 'The key stands in the URL (`?key=`), where it ends up in logs.', {
      fix: 'Send it in the header `x-goog-api-key`, and leave `key` out of the URL.',
    })
  }
  if (stream && !(url.includes('?') && query.get('alt') === 'sse')) {
    throw new InvalidRequest('alt', 'a stream is sent as server-sent events only.', 'Add `?alt=sse` to the URL.')
  }
}

function passedOn(headers: IncomingMessage['headers'], codec: Codec): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const name of codec.passedHeaders) {
    const value = headers[name]
    if (typeof value === 'string') passed[name] = value
  }
  return passed
}

/** The trace id of a W3C `traceparent`. */
export const traceOf = (header: string | string[] | undefined) =>
  /^[\da-f]{2}-([\da-f]{32})-/.exec(String(header ?? ''))?.[1]

/** OpenAI's clients ask for usage in a stream; Anthropic's always get it. */
function includesUsage({ extensions }: ModelRequest): boolean {
  const options = extensions?.['openai-chat']?.stream_options
  return isJsonObject(options) && options.include_usage === true
}
