import type { IncomingMessage } from 'node:http'
import type { ClientDialect } from '../core/dialect.ts'
import { doorAt, versions } from './doors.ts'

/** What a client is taken to speak where no door says so: by the path, and by the headers that its SDK alone sends. */
export function dialectOf({ headers }: IncomingMessage, path: string): ClientDialect {
  if (
    /^\/(?:upload\/)?v1beta\//.test(path) ||
    headers['x-goog-api-key'] !== undefined ||
    doorAt(`/v1beta${path.replace(versions, '')}`)?.codec.dialect === 'gemini'
  )
    return 'gemini'
  return headers['anthropic-version'] !== undefined || path.startsWith('/v1/messages')
    ? 'anthropic-messages'
    : 'openai-chat'
}
