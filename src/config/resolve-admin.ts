import type { AdminConfig } from './config.ts'
import { defaultAdmin } from './defaults.ts'
import { isLoopback } from './is-loopback.ts'
import type { Report } from './report.ts'
import type { WrittenConfig } from './schema.ts'

/** The admin listener as written, over its defaults. Open to the network without a token of the operator's is refused. */
export function resolveAdmin(written: WrittenConfig['admin'], report: Report): AdminConfig | false {
  if (written === false) return false
  const { host = defaultAdmin.host, port, token } = written ?? {}
  if (token === undefined && !isLoopback(host)) {
    report.add(
      ['admin', 'host'],
      `${report.shown(['admin', 'host'])} is open to the network, and no token is set.`,
      'Set admin.token, or listen on 127.0.0.1.',
    )
  }
  return { host, ...(port !== undefined && { port }), ...(token !== undefined && { token }) }
}
