/**
 * The key within a secret of Standard Webhooks, `whsec_` and 24 to 64 bytes in base64; undefined for what is no such secret.
 */
export function keyOfSecret(secret: string): Buffer | undefined {
  const [, text = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? []
  const key = Buffer.from(text, 'base64')
  return key.length >= 24 && key.length <= 64 ? key : undefined
}
