import type { IncomingMessage } from 'node:http'
import { isInRanges } from '../keys/index.ts'

/** What of a request says where it comes from. */
export type AddressedRequest = Pick<IncomingMessage, 'headers' | 'socket'>

/**
 * Where a request comes from. Where the connection is a trusted proxy's, that is the last address of `x-forwarded-for` that is none of
 * theirs: whatever stands before it is what the client wrote itself. Undefined where it cannot be told.
 */
export function callerAddress({ headers, socket }: AddressedRequest, trusted: readonly string[]): string | undefined {
  const direct = socket.remoteAddress
  if (trusted.length === 0 || !isInRanges(direct, trusted)) return direct
  const told = String(headers['x-forwarded-for'] ?? '').split(',')
  for (const part of told.reverse()) {
    const address = withoutPort(part.trim())
    if (!isInRanges(address, trusted)) return address === '' ? undefined : address
  }
  return undefined
}

/** Some proxies write the port, too: `192.0.2.7:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(text) ?? []
  return bracketed ?? (/^[\d.]+:\d+$/.test(text) ? text.replace(/:\d+$/, '') : text)
}
