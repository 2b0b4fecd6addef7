import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../config/is-loopback.ts'
import { InseamError } from '../errors/index.ts'

/** A host without its port, brackets of an IPv6 address included. */
const hostName = /^(\[[\da-f:.]+\]|[^:/?#@[\]]+)(?::\d+)?$/i

/**
 * Throws `forbidden` for what a web page could send from a browser on this machine: another `Host` (DNS rebinding), a foreign `Origin`, or
 * a body that is not declared as JSON, which a page could send without asking first.
 */
export function refuseForeignPages(headers: IncomingHttpHeaders, host: string, hasBody: boolean): void {
  const named = hostName.exec(headers.host ?? '')?.[1]
  if (named === undefined || !(isLoopback(named) || named === host)) {
    throw forbidden(
      `The Host "${headers.host ?? ''}" is not this gateway.`,
      'Use its address, or configure `gateway.keys`.',
    )
  }
  const { origin, 'sec-fetch-site': site } = headers
  if (site !== undefined && site !== 'none' && site !== 'same-origin') {
    throw forbidden(
      'Pages of other sites may not call this gateway.',
      'Call it from a server, or configure `gateway.keys`.',
    )
  }
  if (origin !== undefined && URL.parse(origin)?.host !== headers.host) {
    throw forbidden(
      `Pages of ${origin} may not call this gateway.`,
      'Call it from a server, or configure `gateway.keys`.',
    )
  }
  if (hasBody && !/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    throw forbidden('The body is not declared as JSON.', 'Send `content-type: application/json`.')
  }
}

const forbidden = (message: string, fix: string) => new InseamError('forbidden', message, { fix })
