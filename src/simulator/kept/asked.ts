import type { IncomingMessage } from 'node:http'
import { isObject, type JsonObject } from '../json.ts'
import type { Problem } from '../problem.ts'
import type { Kept } from './kept.ts'

/** What is asked of the API beside answers. */
export interface Asked {
  readonly method: string
  /** Without the version: `/files/file-1/content`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly kept: Kept
  /** Milliseconds since 1970. */
  readonly now: number
  /** Where the simulator is reached: it asks itself what batches ask. */
  readonly origin: string
}

/** What is answered: JSON, bytes, or a problem in the dialect's words. */
export type Told =
  | { readonly json: object; readonly headers?: Record<string, string> }
  | { readonly bytes: Buffer; readonly type: string }
  | { readonly problem: Problem }
  | undefined

/** The body as a JSON object; empty where it is none. */
export function jsonOf({ body }: Asked): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** The body as a form, with the file in it. */
export async function formOf({ body, headers }: Asked): Promise<{ file: File | undefined; purpose: string }> {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': headers['content-type'] ?? '' },
  }).formData()
  const file = form.get('file')
  return { file: file instanceof File ? file : undefined, purpose: String(form.get('purpose') ?? '') }
}

/** Asks the simulator itself, with the credential of whoever asks. */
export async function askSelf(
  { origin, headers }: Asked,
  path: string,
  body: unknown,
): Promise<{ status: number; body: JsonObject }> {
  const passed: Record<string, string> = { 'content-type': 'application/json' }
  for (const name of ['authorization', 'x-api-key', 'x-goog-api-key', 'anthropic-version']) {
    const value = headers[name]
    if (typeof value === 'string') passed[name] = value
  }
  const response = await fetch(origin + path, { method: 'POST', headers: passed, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as JsonObject }
}

export const missing = (what: string, id: string): Told => ({
  problem: { kind: 'not-found', message: `No such ${what}: ${id}` },
})
