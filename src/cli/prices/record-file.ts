import { InseamError } from '../../errors/index.ts'
import { recordAt } from '../events.ts'

/** The file of events that the options, the environment or inseam.yaml name. Rejects with `invalid-request` where the record is in Postgres. */
export async function recordFile(db: string | undefined): Promise<string> {
  const at = await recordAt({ ...(db !== undefined && { db }) })
  if ('path' in at) return at.path
  throw new InseamError(
    'invalid-request',
    'Stored attempts are priced from a file of events only, and the record is in Postgres.',
    { fix: 'Name a file of events with --db.' },
  )
}
