import type { IncomingMessage } from 'node:http'
import { isObject, type JsonObject, nestsDeeperThan } from '../json.ts'
import { invalid, type Problem } from '../problem.ts'

const maxBodyBytes = 32 * 1024 * 1024
const maxDepth = 256

/** Reads the request's body as a JSON object of at most 32 MiB and 256 levels. Rejects only when the client leaves. */
export async function readBody(request: IncomingMessage): Promise<{ body: JsonObject } | { problem: Problem }> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes <= maxBodyBytes) chunks.push(chunk as Buffer)
  }
  if (bytes > maxBodyBytes) {
    return {
      problem: { kind: 'too-large', message: `Request exceeds the maximum allowed number of bytes (${maxBodyBytes}).` },
    }
  }
  const text = Buffer.concat(chunks).toString('utf8')
  if (nestsDeeperThan(text, maxDepth)) {
    return { problem: invalid(`The body of your request nests deeper than ${maxDepth} levels.`) }
  }
  try {
    const body: unknown = JSON.parse(text)
    if (isObject(body)) return { body }
  } catch {
    // Told below: whatever the parser objects to, the client learns the same.
  }
  return { problem: invalid('We could not parse the JSON body of your request: the HTTP body must be a JSON object.') }
}
