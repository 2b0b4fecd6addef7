import { InseamError } from '../errors/index.ts'
import { doorAt, knownDoors, versions } from './doors.ts'

/** Whether a path begins with two versions: its client's base URL ends in one that the client writes by itself. */
export const repeatsVersion = (path: string): boolean =>
  versions.test(path) && versions.test(path.replace(versions, ''))

/** What is said where nothing answers. A path that is right but for its base URL is told which base URL is meant. */
export function noSuchRoute(method: string, path: string): InseamError {
  const meant = baseUrlMeant(path)
  return new InseamError('not-found', `There is no ${method} ${path.slice(0, 200)} here.`, {
    fix: meant
      ? `Set the client's base URL to the gateway's address ${meant}.`
      : `Use ${knownDoors.join(', ')}, GET /v1/models, /providers/NAME/… for a provider's own API, /healthz or /readyz.`,
  })
}

function baseUrlMeant(path: string): string | undefined {
  if (repeatsVersion(path)) return 'alone: this client writes the version by itself'
  if (versions.test(path)) return undefined
  if (/^\/messages(?:\/|$)/.test(path)) return 'alone, as in http://127.0.0.1:4000: this client writes /v1 by itself'
  const isKnown = /^\/models(?:\/|$)/.test(path) || doorAt(`/v1${path}`)
  return isKnown ? 'with /v1 at its end, as in http://127.0.0.1:4000/v1' : undefined
}
