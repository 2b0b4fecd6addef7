import { STATUS_CODES } from 'node:http'
import type { RawAnswer, SpellAnswer } from '../faults/raw-answer.ts'

/** What goes on the socket. */
interface Spelt extends Pick<RawAnswer, 'parts' | 'closes'> {
  readonly head: string
  readonly headByteMs: number
  /** How many bytes of the body are among the parts, and whether that is all of it. */
  readonly bytes: number
  readonly isWhole: boolean
}

/** An answer that is held until it is whole, for a fault to spell it. */
export class SpeltAnswer {
  readonly #spelling: SpellAnswer
  readonly #body: Buffer[] = []
  #head = ''

  constructor(spelling: SpellAnswer) {
    this.#spelling = spelling
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    const own = lines.filter((line) => !line.startsWith('content-length:'))
    this.#head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...own, ''].join('\r\n')
  }

  write(text: string | Uint8Array): void {
    this.#body.push(Buffer.from(text))
  }

  spell(): Spelt {
    const body = Buffer.concat(this.#body)
    const { lines, parts, closes, headByteMs = 0 } = this.#spelling(body)
    const bytes = parts.reduce((sum, part) => sum + (typeof part === 'string' ? 0 : part.length), 0)
    const head = `${this.#head}${lines.map((line) => `${line}\r\n`).join('')}\r\n`
    return { head, parts, closes, headByteMs, bytes, isWhole: bytes === body.length }
  }
}
