import type { IncomingMessage } from 'node:http'
import type { JsonValue } from '../core/json.ts'
import { InseamError, InvalidRequest } from '../errors/index.ts'

/** How deep the objects and arrays of a body may be nested. */
const maxDepth = 64

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
  const bytes = await readBytes(request, maxBytes)
  if (bytes.length === 0) throw new InvalidRequest('', 'The body is empty.', 'Send a JSON object.')
  if (depthOf(bytes) > maxDepth) {
    throw new InvalidRequest('', `The body is nested more than ${maxDepth} deep.`, 'Send a flatter body.')
  }
  const text = bytes.toString('utf8')
  try {
    return { text, json: JSON.parse(text) }
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidRequest('', `The body is no JSON: ${said}.`, 'Send a JSON object, as UTF-8.')
  }
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
    request.once('error', reject)
    request.once('close', () => reject(new InvalidRequest('', 'The body broke off.', 'Send it again.')))
  })
}

function tooLarge(maxBytes: number): InseamError {
  return new InseamError('request-too-large', `The body has more than ${maxBytes.toLocaleString('en-US')} bytes.`, {
    fix: 'Send less, or raise `gateway.maxBodyBytes`.',
  })
}

const quote = 0x22
const backslash = 0x5c

/** The deepest nesting of brackets outside strings. */
function depthOf(bytes: Buffer): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (inString) {
      if (byte === backslash) at++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > deepest) deepest = depth
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return deepest
}
