import { createHmac } from 'node:crypto'
import { keyOfSecret } from './key-of-secret.ts'

/**
 * The headers of a message, as Standard Webhooks (version 1 of the specification) has them: an HMAC-SHA256 over the id, the time and the
 * body. `seconds` is the time of this delivery, since the Unix epoch. Throws `TypeError` for what is no secret.
 */
export function signWebhook(
  secret: string,
  id: string,
  seconds: number,
  body: string,
): Readonly<Record<string, string>> {
  const key = keyOfSecret(secret)
  if (!key) throw new TypeError('This is no secret of a webhook.')
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` }
}
