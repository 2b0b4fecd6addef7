import { createServer } from 'node:http'
import { defaultPassThrough } from '../config/defaults.ts'
import type { PassageLimits } from '../core/passage.ts'
import type { AnyFeature } from '../patterns/feature.ts'
import type { FeaturePipeline } from '../patterns/run-feature.ts'
import { featureModels } from './feature-models.ts'
import { createGuard, type GatewayKey } from './guard.ts'
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
  /** The largest body it takes, in bytes. Default 10 MiB. */
  readonly maxBodyBytes?: number
  /** Limits of what is passed to a provider as it is. Default: 1 GiB of body, 10 s to connect, 10 minutes for headers, 5 idle. */
  readonly passThrough?: PassageLimits
  /** Why the gateway is not well, for `/readyz`. Default: it always is. */
  readonly problems?: () => readonly string[]
}

/** The HTTP door, open. */
export interface Gateway extends AsyncDisposable {
  /** `http://127.0.0.1:4000` */
  readonly url: string
  /** Calls under way. */
  readonly inFlight: number
  /** Puts other keys in force for the calls to come. Throws `config-invalid` where a public address would be left without. */
  useKeys(keys: readonly GatewayKey[]): void
  /**
   * Refuses new calls and waits for those under way, at most `timeoutMs` (default 30,000); what is left then ends with an
   * error in its own dialect, and a client that does not take it is cut off a second later. Resolves when the last socket is
   * closed.
   */
  drain(timeoutMs?: number): Promise<void>
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
    maxBodyBytes = 10 * 1024 * 1024,
    passThrough = defaultPassThrough,
    problems = () => [],
  } = options
  refuseOpenHouse(host, keys)
  let guard = createGuard({ keys, host })
  const traffic = createTraffic()
  let closed: Promise<void> | undefined

  const server = createServer(
    { maxHeaderSize: 16 * 1024, keepAliveTimeout: 65_000, noDelay: true, requestTimeout: 0 },
    routeRequests({
      pipeline,
      features: featureModels(features),
      guard: (headers, hasBody) => guard(headers, hasBody),
      traffic,
      maxBodyBytes,
      passThrough,
      problems,
    }),
  )
  refuseTunnels(server)
  const url = await listen(server, host, port)

  const gateway: Gateway = {
    url,
    get inFlight() {
      return traffic.size
    },
    useKeys(keys) {
      refuseOpenHouse(host, keys)
      guard = createGuard({ keys, host })
    },
    async drain(timeoutMs = 30_000) {
      traffic.isDraining = true
      closed ??= new Promise((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      await traffic.quiet(timeoutMs)
      traffic.cutOff(shuttingDown())
      await traffic.quiet(lastWordsMs)
      server.closeAllConnections()
      await closed
      await traffic.quiet(lastWordsMs)
    },
    [Symbol.asyncDispose]: () => gateway.drain(0),
  }
  return gateway
}

/** How long a call that was cut off has to say so. */
const lastWordsMs = 1_000
