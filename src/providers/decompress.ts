import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { grouped } from '../core/figures.ts'
import { ReplyTooLarge, ReplyUnreadable } from '../errors/index.ts'
import { excerpt } from '../wire/classify.ts'
import type { Exchange, ExchangePart } from './exchange.ts'

/** No text is denser than this: what is, was made to fill memory. */
const maxRatio = 100

/** So much may come of anything, in bytes: a few bytes of compression can be as dense as they like. */
const freeBytes = 256 * 1024

const askPlain =
  'Have the provider, or the proxy before it, keep to `accept-encoding: identity`, which it was sent; add a target to fall back to.'

/** How much is decompressed at a time, in bytes. */
const chunkSize = 64 * 1024

/**
 * The exchange with its body decompressed as it comes: what a read of the socket completes is given at once, and nothing is
 * decompressed before it is asked for. `encoding` is the `content-encoding`: gzip, deflate (with the header of zlib or without), br
 * or zstd, and one of them. Its `next` also throws `ReplyUnreadable` for another encoding and for a body that is corrupt or cut, and
 * `ReplyTooLarge` for one that grows by more than a hundred times, past 256 KiB. How much may come in all is its reader's to say.
 */
export function decompress(exchange: Exchange, encoding: string, target: string): Exchange {
  let decoder: Transform | undefined
  let failure: Error | undefined
  let isWriting = false
  let isOver = false
  let bytesIn = 0
  let bytesOut = 0
  let wake: (() => void) | undefined

  const stir = () => wake?.()
  const open = (first: Buffer): Transform => {
    const opened = openDecoder(encoding, first, target)
    opened.on('readable', stir).on('end', stir)
    opened.on('error', (error) => {
      failure = new ReplyUnreadable(target, `a body that is no ${encoding} (${error.message})`, error, askPlain)
      stir()
    })
    return opened
  }
  const feed = (part: ExchangePart): void => {
    if (part.type === 'data') {
      bytesIn += part.bytes.length
      decoder ??= open(part.bytes)
      isWriting = true
      decoder.write(part.bytes, () => {
        isWriting = false
        stir()
      })
    } else if (part.type === 'end') {
      isOver = true
      decoder?.end()
    }
  }
  const count = (bytes: Buffer): ExchangePart => {
    bytesOut += bytes.length
    if (bytesOut > freeBytes && bytesOut > bytesIn * maxRatio) {
      const grown = `${grouped(bytesIn)} bytes of ${encoding} that decompress to more than ${maxRatio} times as many`
      throw new ReplyTooLarge(target, grown)
    }
    return { type: 'data', bytes }
  }

  return {
    next: async () => {
      for (;;) {
        const bytes: Buffer | null = decoder?.read() ?? null
        if (bytes) return count(bytes)
        if (failure) throw failure
        if (isOver && (!decoder || decoder.readableEnded)) return { type: 'end' }
        if (!isWriting && !isOver) feed(await exchange.next())
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    },
    release: () => {
      decoder?.destroy()
      exchange.release()
    },
    close: () => {
      decoder?.destroy()
      exchange.close()
    },
  }
}

function openDecoder(encoding: string, first: Buffer, target: string): Transform {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip({ chunkSize })
    case 'deflate':
      // Half of the servers leave out the header that RFC 9110 asks for: its first byte names the method, which is 8.
      return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize })
    case 'br':
      return createBrotliDecompress({ chunkSize })
    case 'zstd':
      return createZstdDecompress({ chunkSize })
    default:
      throw new ReplyUnreadable(
        target,
        `a body encoded as ${excerpt(encoding, 40)}, which nobody asked for`,
        undefined,
        askPlain,
      )
  }
}
