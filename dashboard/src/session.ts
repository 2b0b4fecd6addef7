import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { StateView } from '../../src/admin/api.ts'
import type { Client } from './client.ts'

/** What every view has at hand. */
export interface Session {
  readonly client: Client
  readonly state: StateView
}

/** Holds the session. */
export const SessionContext = createContext<Session | undefined>(undefined)

/** The session of the page. Throws outside one, which would be a defect of the page. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('There is no session above this part of the page.')
  return session
}
