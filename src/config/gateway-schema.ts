// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { z } from 'zod'
import { map } from './map.ts'
import { duration, size } from './measures.ts'
import { choice, flag, names, off, secret, text, whole } from './scalar.ts'

const listenHost = text('host', /^[\w.:-]+$/, 'Write a host name or an address: 127.0.0.1, ::1 or 0.0.0.0.')

const key = map({
  name: text('name').describe('What events call it; no secret.'),
  key: secret('key').describe('The secret that clients present, as "${NAME}" or "${file:/path}".'),
  tenant: text('tenant').optional().describe('The tenant on whose behalf it calls.'),
  features: names('feature')
    .optional()
    .describe('The features that it may name, and call as feature/NAME. Default: any.'),
  aliases: names('alias')
    .optional()
    .describe(
      'The aliases, or provider/model, that it may call. Default: any. A feature that it may call needs no alias here.',
    ),
  passThrough: z
    .union([flag('truth value'), names('provider')])
    .optional()
    .describe(
      "The providers whose whole API it may reach, or true for all: every file, batch and answer that the provider's own key owns, other tenants' too. Default false.",
    ),
  providerKeys: z
    .union([flag('truth value'), names('provider')])
    .optional()
    .describe(
      'The providers for which its holder may bring a key of their own, or true for all that let callers. Default false.',
    ),
})

const passThrough = map({
  maxBodyBytes: size().optional().describe('The largest request body that is passed through. Default 1 GiB.'),
  connect: duration().optional().describe('Until the provider has the request. Default 10s.'),
  headers: duration().optional().describe("From the last byte of the request until the answer's headers. Default 10m."),
  idle: duration().optional().describe('Between two bytes, either way. Default 5m.'),
  total: duration().optional().describe('The whole exchange. Default: no limit.'),
})

/** The HTTP door. */
export const gateway = map({
  host: listenHost
    .optional()
    .describe('The address to listen on. Default 127.0.0.1; any that is not loopback needs keys.'),
  port: whole('port', 0, 65_535).optional().describe('The port to listen on; 0: any free one. Default 4000.'),
  keys: z
    .array(key)
    .optional()
    .describe('The keys that clients present. Default: none is asked for, on loopback only.'),
  requireKeys: flag('truth value')
    .optional()
    .describe(
      'Whether a key is asked for even before one is there; any address may then be listened on. Default false: from the first key on.',
    ),
  trustedProxies: names('address')
    .optional()
    .describe(
      'The proxies before the gateway, as addresses and ranges (10.0.0.0/8): where one asks, x-forwarded-for says from where. Default: none.',
    ),
  keyOutage: duration(0)
    .optional()
    .describe('How long stored keys that are known go on to open while their store cannot be asked. Default 10m.'),
  maxBodyBytes: size().optional().describe('The largest request body. Default 10 MiB.'),
  passThrough: passThrough
    .optional()
    .describe('Limits of what is passed to a provider as it is: files, batches and the rest of its API.'),
  workers: z
    .union([choice(['auto'], 'number of workers'), whole('number of workers', 1, 256)])
    .optional()
    .describe('Processes that serve behind the one address; auto: one a core. Default 1.'),
  drainNotice: duration(0)
    .optional()
    .describe(
      'How long the gateway serves on after SIGTERM while /readyz already says that it leaves, so that balancers notice. Default 5s.',
    ),
  drainTimeout: duration().optional().describe('How long calls in flight may go on after that. Default 30s.'),
  ping: z
    .union([off('interval', '10s'), duration()])
    .optional()
    .describe(
      "After how much silence a stream's headers and a ping are sent, so that no balancer cuts it; false: never. Default 10s.",
    ),
  readerTimeout: duration()
    .optional()
    .describe('How long a client may take nothing of what waits for it before it is cut off. Default 30s.'),
})

/** The page's listener. */
export const admin = z.union([
  off('admin listener', '{ port: 4001 }'),
  map({
    host: listenHost
      .optional()
      .describe('The address to listen on. Default 127.0.0.1; any that is not loopback needs a token.'),
    port: whole('port', 0, 65_535)
      .optional()
      .describe('The port to listen on; 0: any free one. Default 4001, or the next one that is free.'),
    token: text(
      'token',
      /^[\w.~-]{16,}$/,
      'Write 16 or more letters, digits, ".", "_", "~" or "-", as "${NAME}" or "${file:/run/secrets/name}".',
    )
      .optional()
      .describe(
        'The secret that opens the page, as "${NAME}" or "${file:/path}". Default: a new one at each start, in the link that is printed.',
      ),
  }),
])
