import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { PassageLimits } from '../core/passage.ts'
import { asInseamError, type InseamError } from '../errors/index.ts'
import { MethodNotAllowed } from '../errors/method-not-allowed.ts'
import type { FeaturePipeline } from '../patterns/run-feature.ts'
import type { Codec } from '../wire/codec.ts'
import { codecs } from '../wire/codecs.ts'
import { cutOffStalledReader } from './cut-off-stalled-reader.ts'
import { dialectOf } from './dialect-of.ts'
import { type Door, doorAt } from './doors.ts'
import type { FeatureModels } from './feature-models.ts'
import type { Admission, Guard } from './guard.ts'
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
  /** After how much silence a stream is pinged, in milliseconds. Absent: never. */
  readonly pingMs: number | undefined
  /** How long a client may take nothing of what waits for it, in milliseconds. */
  readonly readerTimeoutMs: number
  /** Why the gateway is not well. */
  readonly problems: () => readonly string[]
  /** What does not work as it should, and keeps nobody from being served. */
  readonly degraded: () => readonly string[]
}

/** Sends every request to what answers it: a dialect's door, the models, health and readiness, or a refusal. */
export function routeRequests({
  pipeline,
  features,
  guard,
  traffic,
  maxBodyBytes,
  passThrough,
  pingMs,
  readerTimeoutMs,
  problems,
  degraded,
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

  /** Who is let in; while the gateway drains nobody is, and each refusal is on the record. */
  const admit: Guard = (request, hasBody) => {
    const stayOpen = (admission: Admission): Admission => {
      if (traffic.isDraining) throw shuttingDown()
      return admission
    }
    const admission = guard(request, hasBody)
    return admission instanceof Promise ? admission.then(stayOpen) : stayOpen(admission)
  }

  const serveCalls = (request: IncomingMessage, response: ServerResponse, door: Door) =>
    traffic.serve(response, (signal) =>
      serveCall(request, response, {
        pipeline,
        features,
        door,
        guard: admit,
        maxBodyBytes,
        pingMs,
        readerTimeoutMs,
        signal,
      }),
    )

  const servePassages = (request: IncomingMessage, response: ServerResponse) =>
    traffic.serve(response, (signal) =>
      servePassage(request, response, { pipeline, guard: admit, limits: passThrough, readerTimeoutMs, signal }),
    )

  const serveModels = async (request: IncomingMessage, response: ServerResponse, path: string, id: string) => {
    const codec = codecs[dialectOf(request, path)]
    try {
      const { opens } = await guard(request, false)
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
    const reasons = traffic.isLeaving ? ['draining', ...problems()] : problems()
    const isReady = reasons.length === 0
    const said = { status: isReady ? 'ready' : 'not ready', reasons }
    // A replica that has lost its cache or its record still answers, and all of them lose it together.
    const worse = degraded()
    send(response, isReady ? 200 : 503, JSON.stringify(worse.length === 0 ? said : { ...said, degraded: worse }))
  }

  return (request, response) => {
    const path = pathOf(request)
    const door = request.method === 'POST' ? doorAt(path) : undefined
    const model = request.method === 'GET' ? modelAt(path) : undefined
    const passes = !door && model === undefined && isPassagePath(path) && !repeatsVersion(path)
    response.once('prefinish', () => cutOffStalledReader(response, readerTimeoutMs))
    if (traffic.isLeaving) response.shouldKeepAlive = false
    if (passes) return void servePassages(request, response)
    limitBodyTime(request, slowestBodyMs)
    if (door) void serveCalls(request, response, door)
    else if (model !== undefined) void serveModels(request, response, path, model)
    else if (isProbe(path) && isRead(request))
      path === '/readyz' ? serveReadiness(response) : send(response, 200, '{"status":"ok"}')
    else refuseRequest(response, nothingAt(request.method ?? '', path), codecs[dialectOf(request, path)])
  }
}

/** A body that is not passed through is small; who takes longer to send one is cut off, in milliseconds. */
const slowestBodyMs = 300_000

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

const isProbe = (path: string): boolean => path === '/healthz' || path === '/readyz'

const nothingAt = (method: string, path: string): InseamError =>
  isProbe(path) ? new MethodNotAllowed(method, path, ['GET', 'HEAD']) : noSuchRoute(method, path)

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD'
