import type { PassedHead } from '../core/passage.ts'
import { ProviderFailed } from '../errors/index.ts'
import { type AnswerHead, header } from './answer-head.ts'
import { pathTo } from './passed-path.ts'
import { redact } from './redact.ts'

/** What an answer's head is read against. */
export interface PassedHeadOptions {
  readonly name: string
  readonly base: URL
  /** What was asked for: relative addresses start from it. */
  readonly asked: URL
  readonly secrets: readonly string[]
}

/**
 * Of the connection and not of the answer; or about the host itself, which is not the one that the client speaks to: its
 * cookies are one jar for all clients of ours, and what browsers may do here is the gateway's to say.
 */
const dropped =
  /^(?:connection|keep-alive|proxy-.+|te|trailer|transfer-encoding|upgrade|set-cookie2?|alt-svc|strict-transport-security|access-control-.+|clear-site-data|nel|report-to|x-inseam-.+)$/

/** Headers that lead a client on. */
const leading = ['location', 'content-location', 'x-goog-upload-url', 'x-goog-upload-control-url'] as const

/**
 * An answer's head as it may be passed on. Throws `redirect-refused` where it would lead the client, with what it sends there,
 * elsewhere than to the provider: it would take a key of ours along.
 */
export function passedHead(head: AnswerHead, { name, base, asked, secrets }: PassedHeadOptions): PassedHead {
  const ofConnection = (header(head, 'connection') ?? '').toLowerCase().split(/\s*,\s*/)
  const headers: Record<string, string | string[]> = {}
  for (const [key, value] of Object.entries(head.headers)) {
    if (value === undefined || dropped.test(key) || ofConnection.includes(key)) continue
    headers[key] = Array.isArray(value) ? value.map((one) => redact(one, secrets)) : redact(value, secrets)
  }
  const addresses: Record<string, string> = {}
  for (const key of leading) {
    const said = header(head, key)
    if (said === undefined) continue
    const address = URL.parse(said, asked)
    const path = address && !holdsSecret(address, secrets) ? pathTo(base, address) : undefined
    if (path !== undefined) addresses[key] = path
    else if (key !== 'content-location' && (key !== 'location' || head.status >= 300))
      throw leadsAway(name, head, key, address)
    delete headers[key]
  }
  return { status: head.status, root: base.href.replace(/\/$/, ''), headers, addresses }
}

function holdsSecret({ href }: URL, secrets: readonly string[]): boolean {
  return secrets.some((secret) => secret !== '' && href.includes(secret))
}

/** The rest of an address may carry what must not be logged. */
function leadsAway(name: string, { status }: AnswerHead, key: string, address: URL | null): ProviderFailed {
  return new ProviderFailed({
    code: 'redirect-refused',
    said: `\`${key}\`, which leads to ${address?.origin ?? 'no address'}`,
    target: name,
    providerStatus: status,
    fix: 'Ask the provider itself for this, without the gateway.',
  })
}
