import type { Exchange } from './exchange.ts'

/** The rest of a body, up to a limit. */
export interface BytesRead {
  readonly bytes: Buffer
  /** Whether there was more. */
  readonly isCut: boolean
}

/** Reads the rest of a body, and no further than what takes it past `limit` bytes. */
export async function readBytes(exchange: Exchange, limit: number): Promise<BytesRead> {
  const chunks: Buffer[] = []
  let size = 0
  while (size <= limit) {
    const part = await exchange.next()
    if (part.type === 'end') break
    if (part.type !== 'data') continue
    chunks.push(part.bytes)
    size += part.bytes.length
  }
  return { bytes: Buffer.concat(chunks).subarray(0, limit), isCut: size > limit }
}
