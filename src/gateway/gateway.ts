import { createServer } from 'node:http'
import { defaultPassThrough } from '../config/defaults.ts'
import type { PassageLimits } from '../core/passage.ts'
import type { KeyRing } from '../keys/index.ts'
import type { AnyFeature } from '../patterns/feature.ts'
import type { FeaturePipeline } from '../patterns/run-feature.ts'
import { featureModels } from './feature-models.ts'
import type { GatewayKey } from './gateway-key.ts'
import { giveNotice } from './give-notice.ts'
import { createGuard, type Guard, type GuardRules } from './guard.ts'
import { listen } from './listen.ts'
import { refuseOpenHouse } from './refuse-open-house.ts'
import { refuseTunnels } from './refuse-tunnels.ts'
import { routeRequests } from './route-requests.ts'
import { createTraffic, shuttingDown } from './traffic.ts'

/** How the gateway listens. */
export interface GatewayOptions {
  /** The seam. */
  readonly pipeline: FeaturePipeline
  /** Features that callers may name as models: `feature/NAME`. Default: none. */
  readonly features?: readonly AnyFeature[]
  /** Default 127.0.0.1. A public address needs keys. */
  readonly host?: string
  /** Default 4000; 0 takes any free port. */
  readonly port?: number
  /** Who may call. Default: nobody needs a key, which is possible on this machine's own addresses only. */
  readonly keys?: readonly GatewayKey[]
  /** The keys that are made while it runs. From the first one on, a key is asked for. It is closed by who opened it. Default: none. */
  readonly ring?: KeyRing
  /** Whether a key is asked for before there is one: any address may then be listened on. Default false. */
  readonly requireKeys?: boolean
  /** The proxies, as addresses and ranges, whose `x-forwarded-for` says where a request comes from. Default: none. */
  readonly trustedProxies?: readonly string[]
  /** The largest body it takes, in bytes. Default 10 MiB. */
  readonly maxBodyBytes?: number
  /** Limits of what is passed to a provider as it is. Default: 1 GiB of body, 10 s to connect, 10 minutes for headers, 5 idle. */
  readonly passThrough?: PassageLimits
  /** After how much silence a stream's headers and a ping are sent, in milliseconds. Default: never. */
  readonly pingMs?: number
  /** How long a client may take nothing of what waits for it before it is cut off, in milliseconds. Default 30,000. */
  readonly readerTimeoutMs?: number
  /** Why the gateway is not well, for `/readyz`. Default: it always is. */
  readonly problems?: () => readonly string[]
  /** What does not work as it should and keeps nobody from being served, for `/readyz`. Default: nothing. */
  readonly degraded?: () => readonly string[]
}

/** The HTTP door, open. */
export interface Gateway extends AsyncDisposable {
  /** `http://127.0.0.1:4000` */
  readonly url: string
  /** Calls under way. */
  readonly inFlight: number
  /**
   * Puts other keys of the configuration in force for the calls to come, and what belongs to them. Throws `config-invalid` where a
   * public address would be left without.
   */
  useKeys(rules: GuardRules): void
  /**
   * Says at `/readyz` that it leaves, and serves on for `noticeMs` (default 0), so that balancers look elsewhere; then refuses new
   * calls and waits for those under way, at most `timeoutMs` (default 30,000); what is left then ends with an error in its own
   * dialect, and a client that does not take it is cut off a second later. Resolves when the last socket is closed. Called again, it
   * gives as much notice as it is asked for then.
   */
  drain(timeoutMs?: number, noticeMs?: number): Promise<void>
}

/**
 * Opens the gateway: the providers' own APIs in, the pipeline behind. Throws `config-invalid` for a public address without
 * keys, for two features of the same name, and for an address that cannot be listened on.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const {
    pipeline,
    features = [],
    host = '127.0.0.1',
    port = 4000,
    keys = [],
    ring,
    requireKeys,
    trustedProxies,
    maxBodyBytes = 10 * 1024 * 1024,
    passThrough = defaultPassThrough,
    pingMs,
    readerTimeoutMs = 30_000,
    problems = () => [],
    degraded = () => [],
  } = options
  const guardOf = (rules: GuardRules): Guard => {
    refuseOpenHouse(host, rules)
    return createGuard({ ...rules, host, ring })
  }
  let guard = guardOf({ keys, requireKeys, trustedProxies })
  const traffic = createTraffic()
  const notice = giveNotice()
  let closed: Promise<void> | undefined

  const server = createServer(
    { maxHeaderSize: 16 * 1024, keepAliveTimeout: 65_000, noDelay: true, requestTimeout: 0 },
    routeRequests({
      pipeline,
      features: featureModels(features),
      guard: (request, hasBody) => guard(request, hasBody),
      traffic,
      maxBodyBytes,
      passThrough,
      pingMs,
      readerTimeoutMs,
      problems,
      degraded,
    }),
  )
  refuseTunnels(server)
  const url = await listen(server, host, port)

  const gateway: Gateway = {
    url,
    get inFlight() {
      return traffic.size
    },
    useKeys(rules) {
      guard = guardOf(rules)
    },
    async drain(timeoutMs = 30_000, noticeMs = 0) {
      traffic.isLeaving = true
      if (!traffic.isDraining) await notice.pass(noticeMs)
      traffic.isDraining = true
      closed ??= new Promise((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const until = pipeline.clock.now() + timeoutMs
      await traffic.quiet(timeoutMs)
      traffic.cutOff(shuttingDown())
      await traffic.quiet(lastWordsMs)
      server.closeAllConnections()
      await closed
      await traffic.quiet(lastWordsMs)
      await pipeline.settle(Math.max(0, until - pipeline.clock.now()))
    },
    [Symbol.asyncDispose]: () => gateway.drain(0),
  }
  return gateway
}

/** How long a call that was cut off has to say so. */
const lastWordsMs = 1_000
