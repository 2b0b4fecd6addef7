// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { map } from './map.ts'
import { day, size } from './measures.ts'
import { choice, scalar, secret, text } from './scalar.ts'

const mostDays = 36_500

const days = scalar<number>({
  wrong: 'is no number of days.',
  fix: `Write 90d, from 1d to ${mostDays}d.`,
  json: { type: 'string', pattern: '^\\d+ ?d$' },
  read: (value) => {
    const [, digits] = (typeof value === 'string' && /^(\d{1,5}) ?d$/.exec(value)) || []
    const count = Number(digits)
    return count >= 1 && count <= mostDays ? count * day : undefined
  },
})

const spool = map({
  path: text('path').optional().describe('The folder, from where the configuration is. Default .inseam/spool.'),
  maxBytes: size()
    .optional()
    .describe('The most that each process may put there; further events are dropped and counted. Default 1 GiB.'),
})

/** Where the record of each call is kept. */
export const events = map({
  store: choice(['sqlite', 'postgres', 'memory', 'none'], 'event store')
    .optional()
    .describe('Where events are kept. Default sqlite.'),
  path: text('path')
    .optional()
    .describe('The database file of sqlite, from where the configuration is. Default .inseam/events.db.'),
  url: secret('URL')
    .optional()
    .describe('Where the Postgres is: "${DATABASE_URL}", as postgres://user:password@host:5432/database.'),
  retention: days
    .optional()
    .describe('How long Postgres keeps events at least, such as 90d; they go by the week. Default: for ever.'),
  spool: spool.optional().describe('Where events wait while Postgres is away.'),
  migrate: choice(['auto', 'never'], 'way to migrate')
    .optional()
    .describe(
      'Whether the schema in Postgres is brought up to date at start: auto (default), or never: one that is not is refused until `inseam migrate` has run.',
    ),
  content: choice(['off', 'on'], 'content setting')
    .optional()
    .describe(
      'Whether events carry what was asked and answered, without the secrets of this file. Default off: it is what users wrote.',
    ),
})
