import { z } from 'zod'
import { alias, translation } from './alias-schema.ts'
import { budgets, unpricedAt } from './budgets-schema.ts'
import { events } from './events-schema.ts'
import { admin, gateway } from './gateway-schema.ts'
import { limits, redis } from './limits-schema.ts'
import { map } from './map.ts'
import { size } from './measures.ts'
import { prices } from './price-schema.ts'
import { provider } from './provider-schema.ts'
import { choice, text } from './scalar.ts'
import { state } from './state-schema.ts'
import { webhooks } from './webhooks-schema.ts'

const cache = map({
  store: choice(['memory'], 'cache store of this version')
    .optional()
    .describe('Where cached replies are kept: memory.'),
  maxBytes: size().optional().describe('The most that cached replies may hold. Default 64 MiB.'),
})

const featurePath = () => text('path', undefined, 'Write the path of a folder or of a file: ./features.')

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
    .union([text('path', undefined, 'Write the path of a price file, ./prices.yaml, or prices by model.'), prices])
    .nullish()
    .describe(
      'Prices in USD per million tokens, by provider/model or by model, or the path of a file of them: ./prices.yaml. They override the price book.',
    ),
  unpricedAt: unpricedAt
    .nullish()
    .describe(
      'What a model is taken to cost whose price nobody knows, in USD per million tokens: a ceiling. Default: its calls are unpriced, and hard budgets refuse them.',
    ),
  budgets: budgets
    .nullish()
    .describe('How much may be spent in a calendar window: for everything, or for a key, a feature or a tenant.'),
  webhooks: webhooks
    .nullish()
    .describe('Who is told when a budget reaches a share of its limit (`warnAt`), by signed messages.'),
  limits: limits
    .nullish()
    .describe('How much may be asked for in any minute, and at once; every limit that counts a call holds.'),
  redis: redis.nullish().describe('Where the processes of many machines count limits together.'),
  cache: cache.nullish().describe('Where replies are kept for the aliases that cache.'),
  events: events.nullish().describe('Where the record of each call is kept.'),
  state: state
    .nullish()
    .describe('Where is kept what processes share and must not forget: what budgets have spent, say.'),
  features: z
    .union([featurePath(), z.array(featurePath())])
    .nullish()
    .describe(
      'Features that the gateway serves as models, feature/NAME: a folder with *.feature.ts files, a file, or a list of them, from where the configuration is.',
    ),
}).describe('The configuration of Inseam: inseam.yaml.')

/** A configuration as it was written, with its durations and sizes read. */
export type WrittenConfig = z.infer<typeof configSchema>
