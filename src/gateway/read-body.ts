import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { grouped } from '../core/figures.ts'
import type { JsonValue } from '../core/json.ts'
import { CallAborted, InseamError, InvalidRequest } from '../errors/index.ts'
import { isNestedTooDeep } from '../wire/parse-json.ts'

/** A body as it came, and as JSON. */
export interface Body {
  readonly text: string
  readonly json: JsonValue
}

/**
 * Reads a JSON body. Throws `request-too-large` beyond `maxBytes`, and `InvalidRequest` for what is no JSON or is nested
 * more than 64 deep.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  refuseCompressed(request)
  const bytes = await readBytes(request, maxBytes)
  if (bytes.length === 0) throw new InvalidRequest('', 'The body is empty.', 'Send a JSON object.')
  if (!isUtf8(bytes)) throw new InvalidRequest('', 'The body is not UTF-8.', 'Send a JSON object, as UTF-8.')
  const text = bytes.toString('utf8')
  if (isNestedTooDeep(text)) {
    throw new InvalidRequest('', 'The body is nested more than 64 deep.', 'Send a flatter body.')
  }
  try {
    return { text, json: JSON.parse(text) }
  } catch (cause) {
    throw new InvalidRequest('', `The body is no JSON: ${withoutQuote(cause)}.`, 'Send a JSON object, as UTF-8.')
  }
}

/** What the parser says, without the piece of the body that it quotes: that may be anybody's secret. */
function withoutQuote(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : String(cause)
  return said.replace(/,? (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, '')
}

function refuseCompressed(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return
  throw new InvalidRequest('content-encoding', `"${encoding.slice(0, 40)}" is not read.`, 'Send the body as it is.')
}

function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer): void => {
      size += chunk.length
      if (size <= maxBytes) {
        chunks.push(chunk)
        return
      }
      request.off('data', take)
      request.resume()
      reject(tooLarge(maxBytes))
    }
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      request.resume()
      reject(tooLarge(maxBytes))
      return
    }
    request.on('data', take)
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    request.once('error', (cause) => reject(new CallAborted(cause)))
    request.once('close', () => {
      if (!request.complete) reject(new CallAborted())
    })
  })
}

function tooLarge(maxBytes: number): InseamError {
  return new InseamError('request-too-large', `The body has more than ${grouped(maxBytes)} bytes.`, {
    fix: 'Send less, or raise `gateway.maxBodyBytes`.',
  })
}
