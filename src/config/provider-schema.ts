// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { z } from 'zod'
import { dialects } from '../core/dialect.ts'
import { catalogue, keyHeaders } from '../providers/catalogue.ts'
import { isServiceAccount } from './google-credential.ts'
import { map } from './map.ts'
import { duration, hour, percent, second } from './measures.ts'
import { choice, flag, names, scalar, secret, text, whole } from './scalar.ts'

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

const tls = map({
  ca: scalar<string>({
    wrong: 'is no certificate in PEM.',
    fix: 'Write "${file:/etc/ssl/authority.pem}", whose text begins with -----BEGIN CERTIFICATE-----.',
    json: { type: 'string' },
    read: (value) => (typeof value === 'string' && value.includes('-----BEGIN CERTIFICATE-----') ? value : undefined),
  })
    .optional()
    .describe(
      'The certificates of the authorities that sign for the host, as "${file:/path}". They are trusted in place of those that Node knows.',
    ),
})

/** A host that answers. */
export const provider = map({
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
  breaker: map({
    failures: whole('number of failures', 1, 1_000)
      .optional()
      .describe('It opens after this many failures in a row. Default 5.'),
    ratio: percent()
      .optional()
      .describe(
        'It opens where at least this share of the calls of the window failed, of 20 or more; where an alias has nobody else to ask, such a target is asked all the same. Default 50%.',
      ),
    window: duration(second, hour).optional().describe('How far back that share is counted. Default 10s.'),
    probeEvery: duration(100, hour)
      .optional()
      .describe('Open, it lets one call through so often; the first that succeeds closes it. Default 5s.'),
  })
    .optional()
    .describe('When the circuit breakers of its models open, and how they close.'),
  limits: map({
    concurrency: whole('number of calls', 1, 100_000)
      .optional()
      .describe('Calls in flight at most. Default: no limit.'),
    initialConcurrency: whole('number of calls', 1, 100_000)
      .optional()
      .describe(
        'Calls in flight at each model to begin with; more as it keeps up. Default: no limit until the provider pushes back.',
      ),
    requestsPerMinute: whole('number of requests', 1, 10_000_000)
      .optional()
      .describe('Requests in any minute at most. Default: what the provider says is left.'),
    tokensPerMinute: whole('number of tokens', 1, 1_000_000_000_000)
      .optional()
      .describe(
        'Tokens in any minute at most, input and output together: what a call may use, until it is known what it did. Default: what the provider says is left.',
      ),
    queue: whole('number of calls', 0, 1_000_000)
      .optional()
      .describe('Calls that wait for a model at most, where it takes no more. 0: none waits. Default 1000.'),
  })
    .optional()
    .describe("The operator's own limits, over all models of the provider together."),
  onDisconnect: z
    .union([
      choice(['cancel'], 'thing to do'),
      map({ drain: whole('number of tokens', 1, 1_000_000).describe('How many tokens more are read, by estimate.') }),
    ])
    .optional()
    .describe(
      'What becomes of an exchange whose caller has left: cancel (default), or { drain: 4000 }, which reads on for the usage of a host that bills the whole answer all the same.',
    ),
  callerKeys: flag('truth value')
    .optional()
    .describe(
      'Whether callers whose keys allow it may bring a key of their own (x-inseam-provider-key). Default false.',
    ),
  maxConnections: whole('number of connections', 1, 65_535)
    .optional()
    .describe('The most connections to hold open to the host.'),
  tls: tls.optional().describe('How the host proves who it is.'),
})
