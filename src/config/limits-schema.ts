// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { z } from 'zod'
import { map } from './map.ts'
import { duration } from './measures.ts'
import { choice, text, whole } from './scalar.ts'

const limit = map({
  scope: choice(['global', 'key', 'feature', 'tenant', 'alias'], 'scope').describe(
    'Whose calls it counts: global (all), or those of a key, a feature, a tenant or an alias.',
  ),
  name: text('name')
    .optional()
    .describe('The key, feature, tenant or alias; "*": each of them by itself. Not where the scope is global.'),
  requests: whole('number of requests', 1, 1_000_000_000).optional().describe('Requests in any minute at most.'),
  inputTokens: whole('number of tokens', 1, 1_000_000_000_000)
    .optional()
    .describe('Input tokens in any minute at most, those that a prompt cache gave too.'),
  outputTokens: whole('number of tokens', 1, 1_000_000_000_000)
    .optional()
    .describe('Output tokens in any minute at most, reasoning included.'),
  concurrency: whole('number of calls', 1, 1_000_000).optional().describe('Calls at once at most.'),
})

/** How much may be asked for, and by whom. */
export const limits = z.array(limit)

/** What processes share beside their database. */
export const redis = map({
  url: text(
    'URL of a Redis',
    /^rediss?:\/\/[^\s/]+(?:\/\d*)?$/,
    'Write redis://host:6379, or rediss://host:6379 for TLS; a password as "${NAME}".',
  ).describe('Where Redis is, with user and password where it wants them: "${REDIS_URL}". rediss:// is TLS.'),
  prefix: text('prefix', /^[\w:.-]{1,64}$/, 'Write up to 64 letters, digits, ":", "_", "." and "-".')
    .optional()
    .describe('What every key in Redis begins with. Default inseam:.'),
  timeout: duration(10, 60_000)
    .optional()
    .describe('How long Redis may take to answer before it counts as lost. Default 250ms.'),
  processes: whole('number of processes', 1, 10_000)
    .optional()
    .describe(
      'How many processes share it at least (gateways, times their workers). While Redis is lost each admits an equal part of every limit. Default: as many as were seen when it was last there.',
    ),
})
