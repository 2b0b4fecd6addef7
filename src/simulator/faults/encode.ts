import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createDeflateRaw,
  createGzip,
  createZstdCompress,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'

interface Encoding {
  /** As the header names it. */
  readonly name: string
  encode(text: string): Buffer
  /** One that gives out all that it has after each write. */
  stream(): ReturnType<typeof createGzip | typeof createBrotliCompress | typeof createZstdCompress>
}

const flush = { flush: constants.Z_SYNC_FLUSH }
const encodings: Readonly<Record<string, Encoding>> = {
  gzip: { name: 'gzip', encode: (text) => gzipSync(text), stream: () => createGzip(flush) },
  br: {
    name: 'br',
    encode: (text) => brotliCompressSync(text),
    stream: () => createBrotliCompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  },
  zstd: {
    name: 'zstd',
    encode: (text) => zstdCompressSync(text),
    stream: () => createZstdCompress({ flush: constants.ZSTD_e_flush }),
  },
  deflate: { name: 'deflate', encode: (text) => deflateSync(text), stream: () => createDeflate(flush) },
  'deflate-raw': { name: 'deflate', encode: (text) => deflateRawSync(text), stream: () => createDeflateRaw(flush) },
}

function encodingOf(name: string): Encoding {
  return encodings[name] ?? encodings.gzip!
}

/** A whole body encoded, and wrong from the middle on where it is to be corrupt. */
export function encode(text: string, encoding: string, corrupt: boolean): { body: Buffer; name: string } {
  const { name, encode } = encodingOf(encoding)
  const body = encode(text)
  if (corrupt) spoil(body.subarray(Math.floor(body.length / 2)))
  return { body, name }
}

/** Encodes a stream as it goes. */
export interface StreamEncoder {
  /** As the header names it. */
  readonly name: string
  /** What a reader needs to have all that was added. */
  add(text: string | Uint8Array): Promise<Buffer>
  /** The same for the last text, and the end. */
  end(text: string | Uint8Array): Promise<Buffer>
}

const soundWrites = 4

/** An encoder; what it gives out is wrong from the fifth text on where it is to be corrupt. */
export function streamEncoder(encoding: string, corrupt: boolean): StreamEncoder {
  const { name, stream } = encodingOf(encoding)
  const encoder = stream()
  const given: Buffer[] = []
  let writes = 0
  encoder.on('data', (bytes: Buffer) => given.push(bytes))
  function take(): Buffer {
    const bytes = Buffer.concat(given.splice(0))
    if (corrupt && ++writes > soundWrites) spoil(bytes)
    return bytes
  }
  return {
    name,
    add: (text) =>
      new Promise((resolve, reject) => {
        encoder.write(text, (error) => (error ? reject(error) : resolve(take())))
      }),
    end: (text) =>
      new Promise((resolve, reject) => {
        encoder.once('error', reject).once('end', () => resolve(take()))
        encoder.end(text)
      }),
  }
}

function spoil(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at++) bytes[at] = ~bytes[at]! & 0xff
}
