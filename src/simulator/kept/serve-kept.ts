import type { Dialect } from '../dialect.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Problem } from '../problem.ts'
import { anthropicKept } from './anthropic-kept.ts'
import type { Asked } from './asked.ts'
import { geminiKept } from './gemini-kept.ts'
import type { Kept } from './kept.ts'
import { openaiKept } from './openai-kept.ts'

/** A larger body is refused. */
const maxBytes = 64 * 1024 * 1024

/** Answers what clients keep here: files, batches, stored answers. Gives a problem for what is refused; undefined where nothing is there. */
export async function serveKept(
  exchange: Exchange,
  dialect: Dialect,
  kept: Kept,
  now: () => number,
): Promise<'served' | Problem | undefined> {
  const { request, attempt } = exchange
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size <= maxBytes) chunks.push(chunk as Buffer)
  }
  if (size > maxBytes) return { kind: 'too-large', message: `File exceeds the maximum of ${maxBytes} bytes.` }
  const asked: Asked = {
    method: request.method ?? '',
    path: attempt.path.replace(/\/v1(?:beta)?(?=\/)/, ''),
    query: new URLSearchParams((request.url ?? '').split('?')[1] ?? ''),
    headers: request.headers,
    body: Buffer.concat(chunks),
    kept,
    now: now(),
    origin: `http://${request.headers.host}`,
  }
  const told = await tell(dialect, asked)
  if (!told || 'problem' in told) return told?.problem
  const id = { 'x-request-id': exchange.id, 'request-id': exchange.id }
  if ('bytes' in told) exchange.sendBytes(200, { ...id, 'content-type': told.type }, told.bytes)
  else exchange.send(200, { ...id, ...told.headers, 'content-type': 'application/json' }, JSON.stringify(told.json))
  return 'served'
}

function tell(dialect: Dialect, asked: Asked) {
  if (dialect.name === 'gemini') return geminiKept(asked)
  return dialect.name === 'anthropic-messages' ? anthropicKept(asked) : openaiKept(asked)
}
