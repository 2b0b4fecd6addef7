import { describe, expect, it } from 'vitest'
import { hashSecret, isIssuedShape, issueSecret } from './secret.ts'

describe('a secret', () => {
  it('has 256 random bits, and is known by its shape', () => {
    const made = Array.from({ length: 2_000 }, issueSecret)
    expect(new Set(made.map(({ secret }) => secret)).size).toBe(made.length)
    for (const { secret, hash, hint } of made) {
      expect(Buffer.from(secret.slice('sk-inseam-'.length), 'base64url')).toHaveLength(32)
      expect(isIssuedShape(secret)).toBe(true)
      expect(hash).toBe(hashSecret(secret))
      expect(secret.startsWith(hint)).toBe(true)
      expect(hint).toHaveLength('sk-inseam-'.length + 4)
    }
  })

  it.each([
    '',
    'sk-inseam-',
    `sk-inseam-${'a'.repeat(42)}`,
    `sk-inseam-${'a'.repeat(44)}`,
    ` sk-inseam-${'a'.repeat(43)}`,
    `sk-inseam-${'a'.repeat(42)}'`,
    `sk-inseam-${'a'.repeat(43)}\n`,
  ])('%j is none', (text) => expect(isIssuedShape(text)).toBe(false))
})
