import type { IncomingMessage } from 'node:http'
import { grouped } from '../core/figures.ts'
import { InseamError } from '../errors/index.ts'

/** The page sends little. */
const maxBytes = 64 * 1024

/**
 * Reads a JSON body. Throws `request-too-large` beyond 64 KiB, and `invalid-request` for what is not declared as JSON, is none,
 * or does not come whole.
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw invalid('The body is not declared as JSON.', 'Send `content-type: application/json`.')
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length
      if (size > maxBytes) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw invalid('The body did not come whole.', 'Send it again.', cause)
  }
  if (size > maxBytes) {
    request.resume()
    throw new InseamError('request-too-large', `The body has more than ${grouped(maxBytes)} bytes.`, {
      fix: 'Send less.',
    })
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (cause) {
    // The parser quotes the body, which belongs in no message.
    throw invalid('The body is no JSON.', 'Send a JSON object.', cause)
  }
}

function invalid(message: string, fix: string, cause?: unknown): InseamError {
  return new InseamError('invalid-request', message, { fix, cause })
}
