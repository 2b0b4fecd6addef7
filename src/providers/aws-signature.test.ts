import { execFile } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createServer2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { InseamError } from '../errors/index.ts'
import type { OutgoingRequest } from './authorize.ts'
import { awsSignature } from './aws-signature.ts'

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const modelId = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0'
const path = `/model/${encodeURIComponent(modelId)}/converse`
const never = new AbortController().signal

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** The signature of a request as AWS's documents say that it is made, from what arrived alone. */
function expectedSignature({ method, path: sent, headers, body }: Sent, secretAccessKey: string): string {
  const [, scope = '', names = ''] =
    /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+)/.exec(String(headers.authorization)) ?? []
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  const [location = '', search = ''] = sent.split('?')
  const pairs = [...new URLSearchParams(search)].map((pair) => pair.map(encodeURIComponent).join('='))
  const encoded = location.split('/').map(encodeURIComponent).join('/')
  const lines = names.split(';').map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`)
  const canonical = [method, encoded, pairs.sort().join('&'), lines.join(''), names, hash(body)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n')
  const key = scope.split('/').reduce((secret: string | Buffer, part) => hmac(secret, part), `AWS4${secretAccessKey}`)
  return hmac(key, toSign).toString('hex')
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const signatureIn = (headers: Sent['headers']) => /Signature=([0-9a-f]{64})$/.exec(String(headers.authorization))?.[1]

/** A server on a loopback port; what arrives is told to `hear`, which gives what to answer. */
async function serve(hear: (sent: Sent) => unknown, version: 1 | 2 = 1) {
  const listener = async (request: Request, response: Response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url = '', headers } = request
    // HTTP/2 names the host otherwise.
    const answer = hear({ method, path: url, headers: { host: String(headers[':authority']), ...headers }, body })
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(await answer))
  }
  const server = version === 1 ? createServer(listener) : createServer2(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections()
      server.close()
    },
  }
}

/** As much of a request and a response as both versions of HTTP have. */
interface Request extends AsyncIterable<Buffer> {
  readonly method?: string
  readonly url?: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}
interface Response {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: string): unknown
}

function outgoing(headers: Readonly<Record<string, string>> = {}): OutgoingRequest {
  return {
    method: 'POST',
    url: new URL(`https://bedrock-runtime.us-east-1.amazonaws.com${path}`),
    headers: { 'content-type': 'application/json', 'accept-encoding': 'identity', 'x-team': 'a', ...headers },
    body: '{"messages":[]}',
  }
}

beforeEach(() => {
  for (const name of Object.keys(process.env).filter((name) => name.startsWith('AWS_'))) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent/config')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent/credentials')
})
afterEach(() => void vi.unstubAllEnvs())

it("signs what it sends as AWS's documents say, and as the official client does", async () => {
  let sent: Sent | undefined
  await using server = await serve((request) => {
    sent = request
    return { output: { message: { role: 'assistant', content: [] } }, stopReason: 'end_turn' }
  }, 2)
  const client = new BedrockRuntimeClient({ region: 'us-east-1', endpoint: server.url, credentials: keys })
  await client.send(new ConverseCommand({ modelId, messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }))
  client.destroy()
  expect(sent?.path).toBe(path)
  expect(signatureIn(sent!.headers)).toBe(expectedSignature(sent!, keys.secretAccessKey))

  const request = outgoing({ 'x-amzn-trace': 'b' })
  const proof = await awsSignature({ provider: 'bedrock', region: 'us-east-1', keys })(request, never)
  const headers = { ...request.headers, ...proof, host: request.url.host }
  const ours: Sent = { method: 'POST', path: request.url.pathname, headers, body: request.body }
  expect(signatureIn(headers)).toBe(expectedSignature(ours, keys.secretAccessKey))
  expect(proof.authorization).toContain(
    '/us-east-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amzn-trace,',
  )
  expect(JSON.stringify(proof)).not.toContain(keys.secretAccessKey)
})

it('signs the query too, in the order of AWS', async () => {
  const url = new URL(
    'https://bedrock-runtime.us-east-1.amazonaws.com/async-invoke?z=1&statusEquals=In%20Progress&a=%2F&a=b',
  )
  const request = { ...outgoing(), method: 'GET', url, body: '' }
  const proof = await awsSignature({ provider: 'bedrock', region: 'us-east-1', keys })(request, never)
  const headers = { ...request.headers, ...proof, host: url.host }
  const sent: Sent = { method: 'GET', path: url.pathname + url.search, headers, body: '' }
  expect(signatureIn(headers)).toBe(expectedSignature(sent, keys.secretAccessKey))
})

it('shows the token of a temporary key, and signs it', async () => {
  const sign = awsSignature({ provider: 'bedrock', region: 'eu-west-1', keys: { ...keys, sessionToken: 'token' } })
  const proof = await sign(outgoing(), never)
  expect(proof['x-amz-security-token']).toBe('token')
  expect(proof.authorization).toContain('x-amz-security-token')
})

it("takes what AWS's own chain finds, keeps it, and asks anew before it expires", async () => {
  const lifetimes = [120_000, 3_600_000]
  let asked = 0
  await using server = await serve(() => ({
    AccessKeyId: `AKID${asked}`,
    SecretAccessKey: 'secret',
    Token: 'session',
    Expiration: new Date(Date.now() + (lifetimes[asked++] ?? 0)).toISOString(),
  }))
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', server.url)
  const sign = awsSignature({ provider: 'bedrock', region: 'us-east-1' })
  const usedKey = async () => {
    const { authorization } = await sign(outgoing(), never)
    return /Credential=(\w+)/.exec(authorization ?? '')?.[1]
  }
  expect(await usedKey()).toBe('AKID0')
  // It lasts for two minutes, which is less than is left to be sure of: the next is fetched while it still holds.
  expect(await usedKey()).toBe('AKID0')
  await vi.waitFor(async () => expect(await usedKey()).toBe('AKID1'))
  await Promise.all([usedKey(), usedKey()])
  expect(asked).toBe(2)
})

it('says what to do where there is no credential', async () => {
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  const failing = awsSignature({ provider: 'bedrock', region: 'us-east-1' })(outgoing(), never)
  const error = await failing.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(InseamError)
  expect(error).toMatchObject({
    code: 'credential-rejected',
    target: 'bedrock',
    fix: expect.stringContaining('AWS_BEARER_TOKEN_BEDROCK'),
  })
})

it('stops waiting for a credential when the caller leaves', async () => {
  const leaving = new AbortController()
  await using server = await serve(() => {
    leaving.abort(new Error('left'))
    return new Promise(() => {})
  })
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', server.url)
  const waiting = awsSignature({ provider: 'bedrock', region: 'us-east-1' })(outgoing(), leaving.signal)
  await expect(waiting).rejects.toThrow('left')
})

it('says which package to install where the one that signs is missing', async () => {
  const script = `
    import { registerHooks } from 'node:module'
    registerHooks({
      resolve(name, context, next) {
        if (name !== '@smithy/signature-v4') return next(name, context)
        throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
      },
    })
    const { awsSignature } = await import(${JSON.stringify(new URL('./aws-signature.ts', import.meta.url).href)})
    const authorize = awsSignature({ provider: 'bedrock', region: 'us-east-1', keys: ${JSON.stringify(keys)} })
    const asked = { method: 'POST', url: new URL('http://127.0.0.1/model/m/converse'), headers: {}, body: '{}' }
    const error = await authorize(asked, new AbortController().signal).catch((thrown) => thrown)
    console.log(JSON.stringify([error.code, error.fix]))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  expect(JSON.parse(stdout)).toEqual([
    'package-missing',
    'Run `npm install @smithy/signature-v4 @aws-crypto/sha256-js`.',
  ])
})
