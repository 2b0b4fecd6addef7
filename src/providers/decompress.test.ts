import { randomBytes } from 'node:crypto'
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompress } from './decompress.ts'
import type { Exchange, ExchangePart } from './exchange.ts'

/** An answer whose body comes in these reads. */
function exchange(reads: readonly Uint8Array[]) {
  const parts: ExchangePart[] = reads.map((read) => ({ type: 'data', bytes: Buffer.from(read) }))
  const given = {
    taken: 0,
    ended: '',
    next: async (): Promise<ExchangePart> => {
      given.taken++
      return parts.shift() ?? { type: 'end' }
    },
    release: () => {
      given.ended = 'released'
    },
    close: () => {
      given.ended = 'closed'
    },
  }
  return given
}

async function readAll(from: Exchange): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (;;) {
    const part = await from.next()
    if (part.type === 'end') return Buffer.concat(chunks)
    if (part.type === 'data') chunks.push(part.bytes)
  }
}

const encodings = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  'deflate ': deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const

describe.each(Object.entries(encodings))('%s', (name, compress) => {
  const encoding = name.trim()
  const open = (reads: readonly Uint8Array[]) => decompress(exchange(reads), encoding, 'lab/m')

  it('gives back what was compressed, wherever it is split', async () => {
    const bytes = fc.uint8Array({ maxLength: 2_000 })
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 50 }), async (body, size) => {
        const compressed = compress(body)
        const reads = Array.from({ length: Math.ceil(compressed.length / size) }, (_, at) =>
          compressed.subarray(at * size, (at + 1) * size),
        )
        expect(await readAll(open(reads))).toEqual(Buffer.from(body))
      }),
      { numRuns: 30 },
    )
  })

  it('is refused where it is cut or corrupt', async () => {
    const compressed = compress(randomBytes(5_000))
    const cut = readAll(open([compressed.subarray(0, 4_000)]))
    await expect(cut).rejects.toMatchObject({ code: 'reply-unreadable' })
    const corrupt = readAll(open([Buffer.concat([compressed.subarray(0, 2), randomBytes(64).fill(0xff)])]))
    await expect(corrupt).rejects.toMatchObject({ code: 'reply-unreadable', fix: expect.stringContaining('identity') })
  })

  it('is read no further than a hundred times what came, however much it would be', async () => {
    const reads = Array.from({ length: 8 }, () => Buffer.alloc(1 << 20))
    const compressed = compress(Buffer.concat(reads))
    const bomb = open([compressed])
    let size = 0
    const reading = (async () => {
      for (;;) {
        const part = await bomb.next()
        if (part.type === 'data') size += part.bytes.length
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'reply-too-large' })
    expect(size).toBeLessThanOrEqual(Math.max(256 * 1024, compressed.length * 100))
  })
})

it('a body without a byte is empty, whatever it is encoded as', async () => {
  expect(await readAll(decompress(exchange([]), 'gzip', 'lab/m'))).toHaveLength(0)
})

it('an encoding that is unknown, or one in another, is refused by name', async () => {
  for (const encoding of ['compress', 'gzip, br']) {
    await expect(readAll(decompress(exchange([Buffer.from('x')]), encoding, 'lab/m'))).rejects.toMatchObject({
      code: 'reply-unreadable',
      message: expect.stringContaining(encoding),
    })
  }
})

it.each([
  ['gzip', gzipSync, constants.Z_SYNC_FLUSH],
  ['deflate', deflateSync, constants.Z_SYNC_FLUSH],
  ['br', brotliCompressSync, constants.BROTLI_OPERATION_FLUSH],
  ['zstd', zstdCompressSync, constants.ZSTD_e_flush],
] as const)('%s gives what a flush completes before more has come', async (encoding, compress, finishFlush) => {
  const source = exchange([compress('data: 1\n\n', { finishFlush })])
  const decoded = decompress(source, encoding, 'lab/m')
  expect(await decoded.next()).toEqual({ type: 'data', bytes: Buffer.from('data: 1\n\n') })
  expect(source.taken).toBe(1)
  decoded.release()
  expect(source.ended).toBe('released')
})

it('what was dense text all along is no bomb', async () => {
  const event = (at: number) =>
    `data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":" word${at % 97}"}}]}\n\n`
  const text = Buffer.from(Array.from({ length: 20_000 }, (_, at) => event(at)).join(''))
  const compressed = gzipSync(text, { level: 5 })
  expect(text.length / compressed.length).toBeGreaterThan(20)
  expect(await readAll(decompress(exchange([compressed]), 'gzip', 'lab/m'))).toEqual(text)
})
