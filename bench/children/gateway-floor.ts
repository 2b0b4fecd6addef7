import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { placeholderKey } from '../workload.ts'
import { cpuUs } from './cpu.ts'
import { serve } from './serve.ts'

/** What every gateway does. */
export type GatewayCommands = {
  /** Opens it before an upstream on this port, and gives its own. */
  listen(upstreamPort: number): Promise<number>
  cpuUs(): number
}

/** The least that a proxy which accounts for usage must do: read, parse, forward, read, parse, answer. */
async function listen(upstreamPort: number): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: null })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${placeholderKey}` }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const asked: { stream?: boolean } = JSON.parse(body)
      const path = request.url ?? '/'
      const answer = await pool.request({ method: 'POST', path, headers, body })
      if (asked.stream) {
        response.writeHead(answer.statusCode, { 'content-type': 'text/event-stream' })
        answer.body.pipe(response)
        return
      }
      const text = await answer.body.text()
      response.writeHead(answer.statusCode, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        'x-tokens': JSON.parse(text).usage.total_tokens,
      })
      response.end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

serve({ listen, cpuUs } satisfies GatewayCommands)
