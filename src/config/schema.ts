import { z } from 'zod'
import { alias, translation } from './alias-schema.ts'
import { admin, gateway } from './gateway-schema.ts'
import { map } from './map.ts'
import { size } from './measures.ts'
import { provider } from './provider-schema.ts'
import { choice, decimal, text } from './scalar.ts'

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
