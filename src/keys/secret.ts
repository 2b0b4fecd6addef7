import { hash, randomBytes } from 'node:crypto'

/** A secret that was just made: shown once, never stored. */
export interface IssuedSecret {
  readonly secret: string
  /** What is stored of it. */
  readonly hash: string
  /** Its first characters. */
  readonly hint: string
}

const prefix = 'sk-inseam-'
const shape = /^sk-inseam-[\w-]{43}$/
const hintLength = prefix.length + 4

/** A new secret: `sk-inseam-` and 256 random bits in base64url, so that one found in a log or a repository is known for what it is. */
export function issueSecret(): IssuedSecret {
  const secret = prefix + randomBytes(32).toString('base64url')
  return { secret, hash: hashSecret(secret), hint: secret.slice(0, hintLength) }
}

/** SHA-256, in hexadecimal: 256 random bits need no slow hash. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret)
}

/** Whether a text has the shape of a secret that was issued here. What has not need not be looked up. */
export function isIssuedShape(text: string): boolean {
  return shape.test(text)
}
