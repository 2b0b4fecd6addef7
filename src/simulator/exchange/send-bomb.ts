import { constants, crc32, deflateRawSync } from 'node:zlib'
import type { Exchange } from './exchange.ts'

const blockBytes = 1_048_576

/**
 * Sends a gzipped body that begins with so many bytes of the filling, repeated, and ends with the rest. One block is deflated, and
 * sent as often as it takes: neither the body nor the time to deflate it exists here.
 */
export async function sendBomb(
  exchange: Exchange,
  headers: Readonly<Record<string, string>>,
  filling: string | Uint8Array,
  bytes: number,
  rest: Uint8Array,
): Promise<void> {
  const one = Buffer.from(filling)
  const block = Buffer.concat(Array(Math.ceil(blockBytes / one.length)).fill(one))
  const deflated = deflateRawSync(block, { finishFlush: constants.Z_FULL_FLUSH })
  const times = Math.ceil(bytes / block.length)
  exchange.head(200, { ...headers, 'content-encoding': 'gzip' })
  await exchange.write(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]))
  let sum = 0
  for (let time = 0; time < times; time++) {
    sum = crc32(block, sum)
    if (!(await exchange.write(deflated))) return
  }
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(rest, sum), 0)
  trailer.writeUInt32LE((times * block.length + rest.length) % 2 ** 32, 4)
  exchange.end(Buffer.concat([deflateRawSync(rest), trailer]))
}
