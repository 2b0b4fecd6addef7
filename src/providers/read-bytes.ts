import type { Exchange } from './exchange.ts'

/** The rest of a body, up to a limit. */
export interface BytesRead {
  readonly bytes: Buffer
  /** Whether there was more. */
  readonly isCut: boolean
  /** What broke it off. */
  readonly failure?: unknown
}

/** Reads the rest of a body, and no further than what takes it past `limit` bytes. Never throws. */
export async function readBytes(exchange: Exchange, limit: number): Promise<BytesRead> {
  const chunks: Buffer[] = []
  let size = 0
  const read = () => ({ bytes: Buffer.concat(chunks).subarray(0, limit), isCut: size > limit })
  try {
    while (size <= limit) {
      const part = await exchange.next()
      if (part.type === 'end') break
      if (part.type !== 'data') continue
      chunks.push(part.bytes)
      size += part.bytes.length
    }
    return read()
  } catch (failure) {
    return { ...read(), failure }
  }
}
