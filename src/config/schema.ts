// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { z } from 'zod'
import { dialects } from '../core/dialect.ts'
import { catalogue, keyHeaders } from '../providers/catalogue.ts'
import { timeoutProfiles } from './alias-policy.ts'
import { parseDuration } from './duration.ts'
import { isServiceAccount } from './google-credential.ts'
import { choice, decimal, flag, scalar, text, whole } from './scalar.ts'
import { parseSize } from './size.ts'

/** A map with exactly these keys. The message of its unknown-key issue is the list of the keys that it knows. */
function map<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  })
}

const second = 1_000
const day = 86_400 * second

const duration = (least = 1, most = day) =>
  scalar<number>({
    wrong(value) {
      const ms = typeof value === 'string' ? parseDuration(value) : undefined
      if (ms === undefined) return 'is no duration.'
      return ms < least ? 'is too short.' : 'is too long.'
    },
    fix(value) {
      const ms = typeof value === 'string' ? parseDuration(value) : undefined
      if (ms === undefined) return least < second ? 'Write 20s, 250ms or 2m.' : 'Write 30s, 10m or 24h.'
      return ms < least
        ? `Write ${least < second ? `${least}ms` : `${least / second}s`} or more.`
        : `Write ${most / 3_600_000}h or less.`
    },
    json: { type: 'string', pattern: '^\\d+(\\.\\d+)? ?(ms|s|m|h)$' },
    read(value) {
      const ms = typeof value === 'string' ? parseDuration(value) : undefined
      return ms !== undefined && ms >= least && ms <= most ? ms : undefined
    },
  })

const size = () =>
  scalar<number>({
    wrong: 'is no size.',
    fix: 'Write 64 MiB, 512 KiB or 10MB.',
    json: { type: 'string', pattern: '^\\d+(\\.\\d+)? ?([KkMmGg][Ii]?[Bb]|B)$' },
    read: (value) => {
      const bytes = typeof value === 'string' ? parseSize(value) : undefined
      return bytes !== undefined && bytes >= 1 && bytes <= 2 ** 40 ? bytes : undefined
    },
  })

const percent = () =>
  scalar<number>({
    wrong: 'is no share.',
    fix: 'Write 5% or 0.5%, up to 100%.',
    json: { type: 'string', pattern: '^\\d+(\\.\\d+)? ?%$' },
    read: (value) => {
      const [, digits] = (typeof value === 'string' && /^(\d+(?:\.\d+)?) ?%$/.exec(value)) || []
      const share = Number(digits) / 100
      return share > 0 && share <= 1 ? share : undefined
    },
  })

/** Goes into a header, so neither line breaks nor what lies outside of Latin-1. */
const secret = (what: string) =>
  text(what, /^[\x20-\x7e\x80-\xff]+$/, 'Write one line of text in quotes: "${NAME}" or "${file:/run/secrets/name}".')

const names = (what: string) => z.array(text(what))

const url = scalar<string>({
  wrong: 'is no base URL.',
  fix: 'Write http:// or https://, a host and a path, without user, query or fragment: https://api.example.com/v1.',
  json: { type: 'string', pattern: '^https?://' },
  read: (value) => {
    if (typeof value !== 'string' || !URL.canParse(value)) return undefined
    const { protocol, username, password, search, hash } = new URL(value)
    const plain = (protocol === 'http:' || protocol === 'https:') && username + password + search + hash === ''
    return plain && !/[\s?#\\]/.test(value) ? value.replace(/\/+$/, '') : undefined
  },
})

const quirks = map({
  terminal: choice(['stop-reason', 'done', 'eof'], 'end of a stream')
    .optional()
    .describe('What ends a stream: the stop reason (default), [DONE] alone, or the end of the body.'),
  maxTokensField: choice(['max_completion_tokens', 'max_tokens'], 'name of the output limit')
    .optional()
    .describe('The name of the output limit in a request.'),
  streamUsage: choice(['stream_options', 'unasked'], 'way to ask for usage')
    .optional()
    .describe('How usage is asked for in a stream; unasked: it comes by itself, and asking is an error.'),
  developerRole: flag('truth value').optional().describe('Whether the host knows the role developer. Default false.'),
  structuredOutput: choice(['json_schema', 'tool', 'json_object', 'none'], 'kind of structured output')
    .optional()
    .describe(
      'What the host takes as a structured-output request: a schema (default), a tool that it is made to call, JSON without a schema, or nothing.',
    ),
  rejectsSampling: flag('truth value')
    .optional()
    .describe('Whether temperature, top_p and top_k are refused: they are then dropped and reported as a loss.'),
  maxInputs: whole('number of texts', 0, 100_000)
    .optional()
    .describe('The most texts in one request for embeddings. Default: as the dialect has it. 0: the host has none.'),
  promptCache: choice(['marked', 'automatic'], 'way to keep prompts')
    .optional()
    .describe(
      'How the host comes to keep prompts: where a request marks them, or by itself alone. Default: what is known of host, dialect and model.',
    ),
  cacheDiagnostics: flag('truth value')
    .optional()
    .describe('Whether the host tells why its prompt cache was not read. Default false but at Anthropic and OpenAI.'),
})

const provider = map({
  kind: choice(
    catalogue.map(({ name }) => name),
    'known kind of provider',
  )
    .optional()
    .describe(
      "A host that Inseam knows: gives url, dialect and quirks. Default: the provider's name, where it is one of them.",
    ),
  dialect: choice(dialects, 'dialect')
    .optional()
    .describe(
      'The wire format that the host speaks. Needed where the kind is unknown. Default at OpenAI: openai-chat.',
    ),
  url: url.optional().describe('The base URL. Needed where the kind is unknown. Overrides that of a known host.'),
  key: secret('key')
    .optional()
    .describe(
      'The credential, as "${NAME}" or "${file:/path}". Default at a known host: its usual environment variable.',
    ),
  auth: choice(keyHeaders, 'way to show a key')
    .optional()
    .describe(
      'How the host wants to see the key: bearer, or the header that it goes into. Default: as is known of it.',
    ),
  resource: text('resource', /^[A-Za-z0-9][\w-]*$/, 'Write the name before .openai.azure.com.')
    .optional()
    .describe('Azure: the name of the resource, https://NAME.openai.azure.com. Default: the url.'),
  apiVersion: text(
    'API version',
    /^\d{4}-\d{2}-\d{2}(-preview)?$/,
    'Write a date in quotes, "2025-04-01-preview", or leave it out for the v1 API.',
  )
    .optional()
    .describe('Azure: asks the dated API, by deployment, instead of the v1 API.'),
  deployments: z
    .record(z.string(), text('model id'))
    .optional()
    .describe(
      'Azure: the model that each deployment serves, for prices and capabilities. Without it a deployment is unpriced.',
    ),
  region: text('region', /^[a-z]{2}[a-z0-9-]+$/, 'Write a region of AWS: us-east-1.')
    .optional()
    .describe('Bedrock: the region of AWS. Default: AWS_REGION, or AWS_DEFAULT_REGION.'),
  accessKeyId: secret('access key id')
    .optional()
    .describe(
      "Bedrock without a key: the id of the access key that signs. Default: AWS_ACCESS_KEY_ID, or what AWS's own chain of credentials finds.",
    ),
  secretAccessKey: secret('access key')
    .optional()
    .describe('Bedrock: the secret of the access key. Default: AWS_SECRET_ACCESS_KEY.'),
  sessionToken: secret('session token')
    .optional()
    .describe('Bedrock: the token of a temporary access key. Default: AWS_SESSION_TOKEN.'),
  project: text('project', /^[\w.:-]+$/, 'Write the id of the Google Cloud project: my-project.')
    .optional()
    .describe('Vertex AI: the Google Cloud project. Default: GOOGLE_CLOUD_PROJECT, or that of the credentials.'),
  location: text('location', /^[a-z][a-z0-9-]*$/, 'Write global, us, eu or a region: us-east5.')
    .optional()
    .describe('Vertex AI: where the model runs: global, us, eu or a region. Default: GOOGLE_CLOUD_LOCATION.'),
  credentials: scalar<string>({
    wrong: 'is no JSON of a key of a service account.',
    fix: 'Write "${file:/run/secrets/service-account.json}", or leave it out and set GOOGLE_APPLICATION_CREDENTIALS to a credential of any kind.',
    json: { type: 'string' },
    read: (value) => (typeof value === 'string' && isServiceAccount(value) ? value : undefined),
  })
    .optional()
    .describe(
      'Vertex AI: the JSON of a key of a service account, as "${file:/path}". Default: the application default credentials.',
    ),
  headers: z
    .record(z.string(), secret('header value'))
    .optional()
    .describe('Headers to send with every request. Their values count as secrets.'),
  quirks: quirks
    .optional()
    .describe('How the host differs from its dialect. Overrides what is known of it, field by field.'),
  models: names('model id')
    .optional()
    .describe('Model ids that lead to this provider when they are named alone. Overrides those that are known of it.'),
  maxConnections: whole('number of connections', 1, 65_535)
    .optional()
    .describe('The most connections to hold open to the host.'),
})

const translation = choice(['loud', 'strict'], 'kind of translation')

const target = text('target', /^[^\s/]+\/[^\s]+$/, 'Write provider/model: anthropic/claude-haiku-4-5.')

const timeout = map({
  connect: duration().optional().describe('Until the provider has the request. Default 3s.'),
  headers: duration().optional().describe('Until response headers; streams only. Default 30s.'),
  firstToken: duration().optional().describe('Until the first content; streams only. Default 30s.'),
  idle: duration().optional().describe('Between two pieces of content; streams only. Default 15s.'),
  total: duration().optional().describe('The whole call: queue, attempts, back-off and fallbacks. Default 120s.'),
})

const alias = map({
  targets: z
    .array(
      z.union([
        target.describe('provider/model'),
        map({
          target: target.describe('provider/model'),
          weight: decimal('weight', 'Write a number above 0.', (number) => number > 0 && number <= 1e6)
            .optional()
            .describe('Its share of the calls. Default 1.'),
        }),
      ]),
    )
    .min(1)
    .describe('Where calls go: provider/model, the first one first; the others are what to fall back to.'),
  order: choice(['priority', 'weighted'], 'order')
    .optional()
    .describe(
      'priority: in the order given. weighted: drawn by weight. Default: weighted where a weight is given, else priority.',
    ),
  profile: choice(Object.keys(timeoutProfiles) as (keyof typeof timeoutProfiles)[], 'profile')
    .optional()
    .describe(
      'Timeouts to start from: quick (20s in all), normal (120s, the default) or long (600s, for long reasoning).',
    ),
  timeout: timeout.optional().describe('Timeouts; what is not set here comes from the profile.'),
  maxOutputTokens: whole('number of tokens', 1, 10_000_000)
    .optional()
    .describe('The output limit to send where the caller sets none.'),
  retry: map({
    attempts: whole('number of attempts', 1, 10)
      .optional()
      .describe('Attempts on one target, the first included. Default 3.'),
    base: duration().optional().describe('The first back-off is drawn from 0 to this, and doubles. Default 500ms.'),
    cap: duration().optional().describe('No back-off is longer. Default 8s.'),
  })
    .optional()
    .describe('How often, and how patiently, the same target is asked again.'),
  cache: z
    .union([
      scalar<false>({
        wrong: 'is no cache policy.',
        fix: 'Write { ttl: 10m } or false.',
        json: { const: false },
        read: (value) => (value === false || value === 'false' ? false : undefined),
      }),
      map({ ttl: duration(second, 365 * day).describe('How long a reply may be replayed.') }),
    ])
    .optional()
    .describe('Keeps replies and replays them to identical calls in the same scope. Default false.'),
  coalesce: flag('truth value')
    .optional()
    .describe('Identical calls in flight share one upstream call. Default false.'),
  promptCache: choice(['off', '5m', '1h'], 'time in the prompt cache')
    .optional()
    .describe(
      "How long the provider's prompt cache keeps what is the same in each call of a feature, where it wants that marked: a first call pays a quarter more for it (1h: twice as much), later ones a tenth. Default 5m.",
    ),
  onInterrupted: choice(['error', 'restart', 'splice'], 'way on')
    .optional()
    .describe(
      'What becomes of a stream that breaks after its first content. error (default): the caller gets the error. splice: the model is asked again, and the stream goes on where the new answer begins with what was said. restart: the library is told that all before is void, and the answer begins again; at the gateway the same as error.',
    ),
  hedge: map({
    after: z
      .union([choice(['p95'], 'time'), duration()])
      .optional()
      .describe(
        'How long the first content may take before the next target is asked too: a duration, or p95 (default): longer than 95 of 100 like it took lately.',
      ),
    budget: percent()
      .optional()
      .describe('The share of the calls, and of their cost, that may go to second targets. Default 5%.'),
  })
    .optional()
    .describe(
      'Asks the next target where the first is slow to begin, takes whichever begins first and cancels the other. Needs two targets.',
    ),
  holdBack: z
    .union([
      choice(['whole'], 'hold-back'),
      map({
        for: duration().optional().describe('Until so long after the first content.'),
        tokens: whole('number of tokens', 1, 1_000_000)
          .optional()
          .describe('Until so many tokens, roughly, have come.'),
      }),
    ])
    .optional()
    .describe(
      'Keeps the beginning of a stream back, so that a failure meanwhile is retried unseen: until the answer is whole, or until one of for and tokens is reached. Default: nothing is kept back.',
    ),
  translation: translation
    .optional()
    .describe(
      'loud: what a target cannot be told in its dialect is left out and reported. strict: the target refuses such a request before anything is spent. Default: that of the whole configuration.',
    ),
})

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
})

const passThrough = map({
  maxBodyBytes: size().optional().describe('The largest request body that is passed through. Default 1 GiB.'),
  connect: duration().optional().describe('Until the provider has the request. Default 10s.'),
  headers: duration().optional().describe("From the last byte of the request until the answer's headers. Default 10m."),
  idle: duration().optional().describe('Between two bytes, either way. Default 5m.'),
  total: duration().optional().describe('The whole exchange. Default: no limit.'),
})

const gateway = map({
  host: text('host', /^[\w.:-]+$/, 'Write a host name or an address: 127.0.0.1, ::1 or 0.0.0.0.')
    .optional()
    .describe('The address to listen on. Default 127.0.0.1; any that is not loopback needs keys.'),
  port: whole('port', 0, 65_535).optional().describe('The port to listen on; 0: any free one. Default 4000.'),
  keys: z
    .array(key)
    .optional()
    .describe('The keys that clients present. Default: none is asked for, on loopback only.'),
  maxBodyBytes: size().optional().describe('The largest request body. Default 10 MiB.'),
  passThrough: passThrough
    .optional()
    .describe('Limits of what is passed to a provider as it is: files, batches and the rest of its API.'),
  drainTimeout: duration().optional().describe('How long calls in flight may go on after a stop signal. Default 30s.'),
})

const admin = z.union([
  scalar<false>({
    wrong: 'is no admin listener.',
    fix: 'Write { port: 4001 } or false.',
    json: { const: false },
    read: (value) => (value === false || value === 'false' ? false : undefined),
  }),
  map({
    host: text('host', /^[\w.:-]+$/, 'Write a host name or an address: 127.0.0.1, ::1 or 0.0.0.0.')
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

const cache = map({
  store: choice(['memory'], 'cache store of this version')
    .optional()
    .describe('Where cached replies are kept: memory.'),
  maxBytes: size().optional().describe('The most that cached replies may hold. Default 64 MiB.'),
})

const events = map({
  store: choice(['sqlite', 'memory', 'none'], 'event store of this version')
    .optional()
    .describe('Where events are kept. Default sqlite.'),
  path: text('path')
    .optional()
    .describe('The database file, from where the configuration is. Default .inseam/events.db.'),
  content: choice(['off', 'on'], 'content setting')
    .optional()
    .describe(
      'Whether events carry what was asked and answered, without the secrets of this file. Default off: it is what users wrote.',
    ),
})

const featurePath = () => text('path', undefined, 'Write the path of a folder or of a file: ./features.')

const usd = () =>
  decimal('price', 'Write USD per million tokens as a number: 0.75.', (number) => number >= 0 && number <= 1e6)

const price = map({
  input: usd().describe('Uncached input.'),
  output: usd().describe('Output, reasoning included.'),
  cacheRead: usd().optional().describe('Input read from the prompt cache.'),
  cacheWrite5m: usd().optional().describe('Input written to the prompt cache for five minutes.'),
  cacheWrite1h: usd().optional().describe('Input written to the prompt cache for an hour.'),
})

/** What `inseam.yaml` may say: the one source of the check at start, of its messages and of the schema for editors. */
export const configSchema = map({
  providers: z
    .record(z.string(), provider.nullable())
    .meta({ propertyNames: { pattern: '^(?!feature$)[A-Za-z0-9][\\w.-]*$' } })
    .nullish()
    .describe('The hosts that answer, by name. Default: each known host whose key is in the environment.'),
  models: z
    .record(z.string(), alias)
    .meta({ propertyNames: { pattern: '^(?!feature$)[^/\\s]+$' } })
    .nullish()
    .describe('The aliases that features use, by name. Default: fast and smart over the providers that are there.'),
  gateway: gateway.nullish().describe('The HTTP door.'),
  admin: admin.nullish().describe('The page, on a listener of its own; false: none.'),
  translation: translation
    .nullish()
    .describe(
      'What becomes of a request that a target cannot be told whole, for every model: loud (default) or strict.',
    ),
  prices: z
    .record(z.string(), price)
    .nullish()
    .describe('Prices in USD per million tokens, by provider/model or by model. They override the price book.'),
  cache: cache.nullish().describe('Where replies are kept for the aliases that cache.'),
  events: events.nullish().describe('Where the record of each call is kept.'),
  features: z
    .union([featurePath(), z.array(featurePath())])
    .nullish()
    .describe(
      'Features that the gateway serves as models, feature/NAME: a folder with *.feature.ts files, a file, or a list of them, from where the configuration is.',
    ),
}).describe('The configuration of Inseam: inseam.yaml.')

/** A configuration as it was written, with its durations and sizes read. */
export type WrittenConfig = z.infer<typeof configSchema>
