import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CallAborted, type InseamError } from '../errors/index.ts'
import { loadPeer } from '../errors/load-peer.ts'
import { googleFailure } from './google-failure.ts'
import { googleToken } from './google-token.ts'
import { sendJson, sendToken, startTokenEndpoint } from './token-endpoint.suite.ts'

const request = { method: 'POST', url: new URL('http://127.0.0.1/'), headers: {}, body: '{}' }
const never = new AbortController().signal

function failureOf(work: Promise<unknown>): Promise<InseamError> {
  return work.then(
    () => Promise.reject(new Error('It did not fail.')),
    (error) => error,
  )
}

describe('a token of a service account', () => {
  it('is asked for by a signed assertion, and kept', async () => {
    await using endpoint = await startTokenEndpoint()
    const authorize = googleToken({ provider: 'vertex', credentials: endpoint.credentials })
    expect(await authorize(request, never)).toEqual({ authorization: 'Bearer token-1' })
    expect(await authorize(request, never)).toEqual({ authorization: 'Bearer token-1' })
    const { token_uri: aud } = JSON.parse(endpoint.credentials)
    expect(endpoint.seen).toMatchObject([
      {
        verified: true,
        claims: {
          iss: 'inseam@a-project.iam.gserviceaccount.com',
          scope: 'https://www.googleapis.com/auth/cloud-platform',
          aud,
        },
      },
    ])
  })

  it('is made once for all calls that wait for it', async () => {
    await using endpoint = await startTokenEndpoint()
    const authorize = googleToken({ provider: 'vertex', credentials: endpoint.credentials })
    const shown = await Promise.all(Array.from({ length: 20 }, () => authorize(request, never)))
    expect(new Set(shown.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer token-1']))
    expect(endpoint.seen).toHaveLength(1)
  })

  it('is made anew before it expires', async () => {
    await using endpoint = await startTokenEndpoint()
    endpoint.answer((response, count) => sendToken(response, `token-${count}`, 60))
    const authorize = googleToken({ provider: 'vertex', credentials: endpoint.credentials })
    await authorize(request, never)
    expect(await authorize(request, never)).toEqual({ authorization: 'Bearer token-2' })
  })

  it('is not waited for by a call that leaves; the others get it', async () => {
    await using endpoint = await startTokenEndpoint()
    const arrived = Promise.withResolvers<() => void>()
    endpoint.answer((response) => arrived.resolve(() => sendToken(response, 'late', 3600)))
    const authorize = googleToken({ provider: 'vertex', credentials: endpoint.credentials })
    const leaving = new AbortController()
    const left = failureOf(authorize(request, leaving.signal))
    const stays = authorize(request, never)
    const send = await arrived.promise
    leaving.abort(new CallAborted())
    expect(await left).toBeInstanceOf(CallAborted)
    send()
    expect(await stays).toEqual({ authorization: 'Bearer late' })
    await setImmediate()
    expect(endpoint.seen).toHaveLength(1)
  })
})

describe('a credential that gives no token', () => {
  it('is rejected in the words of Google, without the key or what was signed with it', async () => {
    await using endpoint = await startTokenEndpoint()
    endpoint.answer((response) =>
      sendJson(response, 400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }),
    )
    const authorize = googleToken({ provider: 'vertex', credentials: endpoint.credentials })
    const error = await failureOf(authorize(request, never))
    expect(error).toMatchObject({
      code: 'credential-rejected',
      message: 'vertex failed with status 400: no access token from Google: invalid_grant: Invalid JWT Signature.',
      fix: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
    })
    expect(error.cause).toBeUndefined()
    endpoint.answer((response) => sendToken(response, 'after all', 3600))
    expect(await authorize(request, never)).toEqual({ authorization: 'Bearer after all' })
  })

  it('is rejected where its key is none, and nothing of it is quoted', async () => {
    await using endpoint = await startTokenEndpoint()
    const key = '-----BEGIN PRIVATE KEY-----\nkey-canary\n-----END PRIVATE KEY-----\n'
    const credentials = JSON.stringify({ ...JSON.parse(endpoint.credentials), private_key: key })
    const error = await failureOf(googleToken({ provider: 'vertex', credentials })(request, never))
    expect(error).toMatchObject({ code: 'credential-rejected', said: expect.stringContaining('cannot be read') })
    expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain('key-canary')
    expect(endpoint.seen).toEqual([])
  })

  it('is not asked for elsewhere: a redirect is not followed', async () => {
    await using endpoint = await startTokenEndpoint()
    await using elsewhere = await startTokenEndpoint()
    const { token_uri: location } = JSON.parse(elsewhere.credentials) as { token_uri: string }
    endpoint.answer((response) => response.writeHead(307, { location }).end())
    const authorize = googleToken({ provider: 'vertex', credentials: endpoint.credentials })
    await expect(authorize(request, never)).rejects.toMatchObject({ target: 'vertex' })
    expect(elsewhere.seen).toEqual([])
  })

  it.each(['a\r\nx-evil: 1', '', 'x'.repeat(10_000), { a: 1 }])(
    'is not used where it is no token: %j',
    async (token) => {
      await using endpoint = await startTokenEndpoint()
      endpoint.answer((response) => sendJson(response, 200, { access_token: token, expires_in: 3600 }))
      const authorize = googleToken({ provider: 'vertex', credentials: endpoint.credentials })
      await expect(authorize(request, never)).rejects.toMatchObject({ code: 'credential-rejected' })
    },
  )

  it('is told apart from an endpoint that cannot be reached', async () => {
    const endpoint = await startTokenEndpoint()
    await endpoint[Symbol.asyncDispose]()
    const authorize = googleToken({ provider: 'vertex', credentials: endpoint.credentials })
    const error = await failureOf(authorize(request, never))
    expect(error).toMatchObject({ code: 'connection-failed', message: expect.stringContaining('ECONNREFUSED') })
  })

  it('is told apart from an endpoint that fails, or has no time', () => {
    const failed = (status: number) => Object.assign(new Error('Said.'), { response: { status } })
    expect(googleFailure('vertex', failed(503))).toMatchObject({ code: 'server-error', providerStatus: 503 })
    expect(googleFailure('vertex', failed(429)).code).toBe('rate-limited')
    expect(googleFailure('vertex', failed(403)).code).toBe('credential-rejected')
    expect(googleFailure('vertex', new DOMException('Too late.', 'TimeoutError')).code).toBe('connection-failed')
  })

  it('is not quoted by the parser that could not read its file', () => {
    let thrown: unknown
    try {
      JSON.parse('{"private_key": key-canary}')
    } catch (error) {
      thrown = error
    }
    expect(String(thrown)).toContain('key-canary')
    expect(googleFailure('vertex', thrown).message).not.toContain('key-canary')
  })
})

it('says which package to install where it is missing', async () => {
  const load = () => import('no-such-package-of-google' as string)
  await expect(loadPeer('google-auth-library', 'A token of Google', load)).rejects.toMatchObject({
    code: 'package-missing',
    fix: 'Run `npm install google-auth-library`.',
  })
})
