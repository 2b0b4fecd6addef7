import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Config, ProviderConfig } from '../src/config.ts'
import type { Dialect } from '../src/core/dialect.ts'

/** What a provider received, to the byte. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How a provider answers. */
export type Respond = (response: ServerResponse, received: Received) => void

/** A provider that says what it is told to, byte for byte, and keeps what it was sent. */
export interface RawUpstream extends AsyncDisposable {
  readonly url: string
  readonly received: readonly Received[]
  respond: Respond
}

/** Starts one on a real socket. */
export async function startRawUpstream(respond: Respond = (response) => response.end('{}')): Promise<RawUpstream> {
  const received: Received[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const one = {
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    }
    received.push(one)
    upstream.respond(response, one)
  }
  const server = createServer((request, response) => {
    response.on('error', () => undefined)
    serve(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const upstream: RawUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    respond,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return upstream
}

/** Adds the upstream to a configuration, once for each dialect: `raw-openai-chat`, say. */
export function withRawUpstream(url: string, change: Partial<ProviderConfig> = {}): (config: Config) => Config {
  const provider = (dialect: Dialect, auth: ProviderConfig['auth']): ProviderConfig => ({
    name: `raw-${dialect}`,
    kind: 'custom',
    dialect,
    url: `${url}${dialect === 'gemini' ? '/v1beta' : '/v1'}`,
    auth,
    key: 'provider-key-canary-7361',
    headers: {},
    quirks: {},
    models: [],
    ...change,
  })
  return (config) => ({
    ...config,
    providers: [
      ...config.providers,
      provider('openai-chat', 'bearer'),
      provider('openai-responses', 'bearer'),
      provider('anthropic-messages', 'x-api-key'),
      provider('gemini', 'x-goog-api-key'),
    ],
  })
}
