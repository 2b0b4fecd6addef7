import { keyOfSecret } from '../webhooks/key-of-secret.ts'
import type { WebhookConfig } from './config.ts'
import { isLoopback } from './is-loopback.ts'
import { second } from './measures.ts'
import type { Report } from './report.ts'
import type { WrittenConfig } from './schema.ts'

/** The webhooks as written, over their defaults. */
export function resolveWebhooks(written: WrittenConfig['webhooks'], report: Report): readonly WebhookConfig[] {
  report.maskBelow(['webhooks'])
  return (written ?? []).map(({ url, secret, timeout = 10 * second }, index) => {
    if (!isReachable(url))
      report.add(
        ['webhooks', index, 'url'],
        'Messages cannot be sent there.',
        'Write https://HOST/PATH; http is for this machine alone.',
      )
    if (!keyOfSecret(secret))
      report.add(
        ['webhooks', index, 'secret'],
        'This is no secret of Standard Webhooks.',
        "Write whsec_ and 24 to 64 bytes in base64, as `node -p \"'whsec_' + crypto.randomBytes(32).toString('base64')\"` makes one.",
      )
    return { url, secret, timeoutMs: timeout }
  })
}

function isReachable(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, username, password } = new URL(url)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}
