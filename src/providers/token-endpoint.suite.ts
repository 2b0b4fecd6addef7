import { generateKeyPairSync, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a service account sent to ask for a token. */
export interface AssertionSeen {
  readonly verified: boolean
  readonly claims: Readonly<Record<string, unknown>>
}

/** Google's token endpoint on this machine, and the key of a service account that names it. */
export interface TokenEndpoint extends AsyncDisposable {
  /** The JSON of the service account. */
  readonly credentials: string
  readonly privateKey: string
  readonly seen: readonly AssertionSeen[]
  /** What it answers from now on; by default `token-N`, good for an hour. */
  answer(how: (response: ServerResponse, count: number) => void): void
}

/** Starts a token endpoint. */
export async function startTokenEndpoint(): Promise<TokenEndpoint> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const seen: AssertionSeen[] = []
  let respond = (response: ServerResponse, count: number) => sendToken(response, `token-${count}`, 3600)
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const [head = '', claims = '', signature = ''] = (new URLSearchParams(body).get('assertion') ?? '').split('.')
    seen.push({
      verified: verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url')),
      claims: JSON.parse(Buffer.from(claims, 'base64url').toString()),
    })
    respond(response, seen.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    credentials: JSON.stringify({
      type: 'service_account',
      project_id: 'a-project',
      private_key_id: 'key-1',
      private_key: pem,
      client_email: 'inseam@a-project.iam.gserviceaccount.com',
      token_uri: `http://127.0.0.1:${port}/token`,
    }),
    privateKey: pem,
    seen,
    answer(how) {
      respond = how
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Answers with an access token that is good for so many seconds. */
export function sendToken(response: ServerResponse, token: string, seconds: number): void {
  sendJson(response, 200, { access_token: token, token_type: 'Bearer', expires_in: seconds })
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
