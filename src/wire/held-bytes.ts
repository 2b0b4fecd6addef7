/** Bytes that have come and are not read to their end. */
export interface HeldBytes {
  /** They are the first `used` of it. */
  buffer: Buffer
  used: number
}

/** None. */
export const noBytes = (): HeldBytes => ({ buffer: Buffer.alloc(0), used: 0 })

/** Adds what has come: where nothing was held it is not copied, and its owner may use it again after {@link keepFrom}. */
export function hold(held: HeldBytes, bytes: Uint8Array): void {
  const { buffer, used } = held
  const needed = used + bytes.byteLength
  if (used === 0) {
    held.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  } else {
    if (needed > buffer.byteLength) {
      held.buffer = Buffer.allocUnsafe(Math.max(1024, 2 * needed))
      buffer.copy(held.buffer, 0, 0, used)
    }
    held.buffer.set(bytes, used)
  }
  held.used = needed
}

/** Keeps what is unfinished, from `start` on, in a buffer of our own. */
export function keepFrom(held: HeldBytes, start: number): void {
  const rest = Buffer.allocUnsafe(held.used - start)
  held.buffer.copy(rest, 0, start, held.used)
  held.buffer = rest
  held.used = rest.byteLength
}
