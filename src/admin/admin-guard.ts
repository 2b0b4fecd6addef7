import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { isLoopback } from '../config/is-loopback.ts'
import { InseamError } from '../errors/index.ts'

/** Decides who may come in. */
export interface AdminGuard {
  /**
   * Throws `forbidden` for a `Host` that is not the listener's own (a name that leads here by DNS rebinding), and for an
   * `Origin` that is another page's.
   */
  refuseForeign(headers: IncomingHttpHeaders): void
  /** Throws `unauthorized` without the token. */
  refuseStranger(headers: IncomingHttpHeaders): void
}

/** What the guard knows. */
export interface AdminGuardOptions {
  readonly token: string
  /** The host that was configured. */
  readonly host: string
  readonly port: number
}

/**
 * The guard of the admin listener. The token comes in a header that no foreign page can set, never in a cookie or a URL, and
 * hashes are compared in constant time.
 */
export function createAdminGuard({ token, host, port }: AdminGuardOptions): AdminGuard {
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
    refuseStranger({ authorization = '' }) {
      const presented = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1] ?? ''
      if (timingSafeEqual(sha256(presented), expected)) return
      throw new InseamError('unauthorized', 'The token is missing or not the one of this start.', {
        fix: 'Open the link that was printed when the gateway started, or send the token as `authorization: Bearer`.',
      })
    },
  }
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
