import { hash } from 'node:crypto'

/** The first 16 hexadecimal digits of the SHA-256 of a text. */
export function shortHash(text: string): string {
  return hash('sha256', text).slice(0, 16)
}
