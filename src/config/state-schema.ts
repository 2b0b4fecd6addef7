// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { map } from './map.ts'
import { money } from './money.ts'
import { choice, text } from './scalar.ts'

/** What processes share and must not forget. */
export const state = map({
  store: choice(['sqlite', 'postgres'], 'store of state').optional().describe('sqlite (default) or postgres.'),
  path: text('path')
    .optional()
    .describe('The file of sqlite, from where the configuration is. Default .inseam/state.db.'),
  url: text('URL')
    .optional()
    .describe('Where the Postgres is: "${DATABASE_URL}", postgres://user:password@host:5432/database.'),
  migrate: choice(['auto', 'never'], 'way to migrate')
    .optional()
    .describe(
      'Whether the schema in Postgres is brought up to date at start: auto (default), or never: one that is not is refused until `inseam migrate` has run.',
    ),
  lease: money()
    .optional()
    .describe(
      'How much of each budget a process may hold to spend without asking the store each time: 1 USD. What a process that dies holds so counts as spent. Default: nothing is held.',
    ),
})
