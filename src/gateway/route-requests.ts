import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { PassageLimits } from '../core/passage.ts'
import { asInseamError } from '../errors/index.ts'
import type { FeaturePipeline } from '../patterns/run-feature.ts'
import type { Codec } from '../wire/codec.ts'
import { codecs } from '../wire/codecs.ts'
import { dialectOf } from './dialect-of.ts'
import { type Door, doorAt } from './doors.ts'
import type { FeatureModels } from './feature-models.ts'
import type { Guard } from './guard.ts'
import { limitBodyTime } from './limit-body-time.ts'
import { modelAt } from './model-at.ts'
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

  const serveUnlessDraining = async (
    response: ServerResponse,
    codec: Codec,
    serve: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> => {
    if (!traffic.isDraining) return traffic.serve(response, serve)
    response.shouldKeepAlive = false
    refuseRequest(response, shuttingDown(), codec)
  }

  const serveCalls = (request: IncomingMessage, response: ServerResponse, door: Door) =>
    serveUnlessDraining(response, door.codec, (signal) =>
      serveCall(request, response, { pipeline, features, door, guard, maxBodyBytes, signal }),
    )

  const servePassages = (request: IncomingMessage, response: ServerResponse, path: string) =>
    serveUnlessDraining(response, codecs[dialectOf(request, path)], (signal) =>
      servePassage(request, response, { pipeline, guard, limits: passThrough, signal }),
    )

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

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD'
