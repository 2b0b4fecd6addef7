import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { isLoopback } from '../config/is-loopback.ts'
import { InseamError } from '../errors/index.ts'
import type { KeyRing, Lineage } from '../keys/index.ts'
import { tokenHolder, type Visitor, visitorWith } from './visitor.ts'

/** Decides who may come in. */
export interface AdminGuard {
  /**
   * Throws `forbidden` for a `Host` that is not the listener's own (a name that leads here by DNS rebinding), and for an
   * `Origin` that is another page's.
   */
  refuseForeign(headers: IncomingHttpHeaders): void
  /** Who asks, by the token or by a stored key. Throws or rejects with `unauthorized`, and with `forbidden` or `keys-unavailable` for a key. */
  admit(request: IncomingMessage): Visitor | Promise<Visitor>
}

/** What the guard knows. */
export interface AdminGuardOptions {
  readonly token: string
  /** The host that was configured. */
  readonly host: string
  readonly port: number
  /** The stored keys. Absent: the token alone opens. */
  readonly ring?: KeyRing
}

/**
 * The guard of the admin listener. The token comes in a header that no foreign page can set, never in a cookie or a URL, and
 * hashes are compared in constant time.
 */
export function createAdminGuard({ token, host, port, ring }: AdminGuardOptions): AdminGuard {
  const expected = sha256(token)
  const isOwn = ownHosts(host, port)
  return {
    refuseForeign({ host: named = '', origin }) {
      if (!isOwn(named))
        throw new InseamError('forbidden', `The Host "${shown(named)}" is not this listener.`, {
          fix: `Open the link that was printed, with port ${port}; another name must be set as \`admin.host\`.`,
        })
      if (origin !== undefined && origin !== `http://${named}` && origin !== `https://${named}`)
        throw new InseamError('forbidden', `Pages of ${shown(origin)} may not ask this listener.`, {
          fix: 'Use the page itself, or a program that sends no Origin.',
        })
    },
    admit({ headers: { authorization = '' }, socket }) {
      const presented = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1] ?? ''
      if (timingSafeEqual(sha256(presented), expected)) return tokenHolder
      // No proxy is believed here: the listener is the operator's own.
      const found = ring?.find(presented, socket.remoteAddress)
      return found instanceof Promise ? found.then(visitorOf) : visitorOf(found)
    },
  }
}

function visitorOf(lineage: Lineage | undefined): Visitor {
  if (lineage) return visitorWith(lineage)
  throw new InseamError('unauthorized', 'The token is missing or not the one of this start.', {
    fix: 'Open the link that was printed when the gateway started, or send the token, or a key, as `authorization: Bearer`.',
  })
}

/**
 * On this machine only its own names, with the port: a name that DNS can change would be a way in. On a public address also any
 * address, because which one leads here is not known, and no DNS changes it.
 */
function ownHosts(host: string, port: number): (named: string) => boolean {
  const own = new Set(
    ['127.0.0.1', 'localhost', '[::1]', bracketed(host)].map((name) => `${name.toLowerCase()}:${port}`),
  )
  // A browser leaves the port out where it is the usual one.
  if (port === 80) for (const name of [...own]) own.add(name.slice(0, -':80'.length))
  if (isLoopback(host)) return (named) => own.has(named.toLowerCase())
  return (named) => own.has(named.toLowerCase()) || isIP(bare(named)) !== 0
}

const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)
const bare = (named: string): string => named.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
const shown = (text: string): string => text.slice(0, 100)
const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer')
