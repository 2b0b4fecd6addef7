import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { ClientDialect } from '../core/dialect.ts'
import type { PassageLimits } from '../core/passage.ts'
import { asInseamError } from '../errors/index.ts'
import type { FeaturePipeline } from '../patterns/run-feature.ts'
import type { Codec } from '../wire/codec.ts'
import { codecs } from '../wire/codecs.ts'
import { type Door, doorAt, versions } from './doors.ts'
import type { FeatureModels } from './feature-models.ts'
import type { Guard } from './guard.ts'
import { limitBodyTime } from './limit-body-time.ts'
import { listModels, showModel } from './models.ts'
import { noSuchRoute, repeatsVersion } from './no-such-route.ts'
import { isPassagePath } from './passage-at.ts'
import { refuse } from './refuse.ts'
import { send } from './send.ts'
import { serveCall } from './serve-call.ts'
import { servePassage } from './serve-passage.ts'
import { shuttingDown, type Traffic } from './traffic.ts'

/** What stands behind the routes. */
export interface RouteRequestsOptions {
  readonly pipeline: FeaturePipeline
  readonly features: FeatureModels
  readonly guard: Guard
  readonly traffic: Traffic
  readonly maxBodyBytes: number
  readonly passThrough: PassageLimits
  /** Why the gateway is not well. */
  readonly problems: () => readonly string[]
}

/** Sends every request to what answers it: a dialect's door, the models, health and readiness, or a refusal. */
export function routeRequests({
  pipeline,
  features,
  guard,
  traffic,
  maxBodyBytes,
  passThrough,
  problems,
}: RouteRequestsOptions): RequestListener {
  const startedAt = Date.now()

  /** Answers what is no call: it costs nothing and is not on the record. */
  const refuseRequest = (response: ServerResponse, thrown: unknown, codec: Codec): void =>
    refuse(
      response,
      asInseamError(thrown),
      codec,
      pipeline.begin({ model: '', request: { messages: [], stream: false } }),
    )

  const serveCalls = async (request: IncomingMessage, response: ServerResponse, door: Door): Promise<void> => {
    if (traffic.isDraining) {
      response.shouldKeepAlive = false
      return refuseRequest(response, shuttingDown(), door.codec)
    }
    await traffic.serve(response, (signal) =>
      serveCall(request, response, { pipeline, features, door, guard, maxBodyBytes, signal }),
    )
  }

  const servePassages = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    if (traffic.isDraining) {
      response.shouldKeepAlive = false
      return refuseRequest(response, shuttingDown(), codecs[dialectOf(request, path)])
    }
    await traffic.serve(response, (signal) =>
      servePassage(request, response, { pipeline, guard, limits: passThrough, dialectOf, signal }),
    )
  }

  const serveModels = (request: IncomingMessage, response: ServerResponse, path: string, id: string): void => {
    const codec = codecs[dialectOf(request, path)]
    try {
      const { opens } = guard(request.headers, false)
      const all = pipeline.models()
      const models = [...all, ...features.list(all)].filter((model) => opens(model.id))
      const { dialect } = codec
      const query = new URLSearchParams(request.url?.slice(path.length + 1))
      const body =
        id === '' ? listModels(models, { dialect, since: startedAt, query }) : showModel(models, id, dialect, startedAt)
      send(response, 200, JSON.stringify(body))
    } catch (thrown) {
      refuseRequest(response, thrown, codec)
    }
  }

  const serveReadiness = (response: ServerResponse): void => {
    const reasons = traffic.isDraining ? ['draining', ...problems()] : problems()
    const isReady = reasons.length === 0
    send(response, isReady ? 200 : 503, JSON.stringify({ status: isReady ? 'ready' : 'not ready', reasons }))
  }

  return (request, response) => {
    const path = pathOf(request)
    const door = request.method === 'POST' ? doorAt(path) : undefined
    const model = request.method === 'GET' ? modelAt(path) : undefined
    const passes = !door && model === undefined && isPassagePath(path) && !repeatsVersion(path)
    if (passes) return void servePassages(request, response, path)
    limitBodyTime(request, slowestBodyMs)
    if (door) void serveCalls(request, response, door)
    else if (model !== undefined) serveModels(request, response, path, model)
    else if (path === '/healthz' && isRead(request)) send(response, 200, '{"status":"ok"}')
    else if (path === '/readyz' && isRead(request)) serveReadiness(response)
    else refuseRequest(response, noSuchRoute(request.method ?? '', path), codecs[dialectOf(request, path)])
  }
}

/** A body that is not passed through is small; who takes longer to send one is cut off, in milliseconds. */
const slowestBodyMs = 300_000

/** The model that is asked about, empty where all are; undefined where none is. */
function modelAt(path: string): string | undefined {
  const below = versions.test(path) ? path.replace(versions, '') : ''
  if (below === '/models') return ''
  return below.startsWith('/models/') ? decoded(below.slice('/models/'.length)) : undefined
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD'

/** A part of a path as its client meant it; what cannot be decoded stands for itself, and is found nowhere. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function dialectOf({ headers }: IncomingMessage, path: string): ClientDialect {
  if (
    /^\/(?:upload\/)?v1beta\//.test(path) ||
    headers['x-goog-api-key'] !== undefined ||
    doorAt(`/v1beta${path.replace(versions, '')}`)?.codec.dialect === 'gemini'
  )
    return 'gemini'
  return headers['anthropic-version'] !== undefined || path.startsWith('/v1/messages')
    ? 'anthropic-messages'
    : 'openai-chat'
}
