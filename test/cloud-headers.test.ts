import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseConfig } from '../src/config.ts'
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts'
import { openStand, type Stand } from './stand.ts'

let upstream: RawUpstream
let stand: Stand
beforeAll(async () => {
  upstream = await startRawUpstream((response) => response.writeHead(400).end('{}'))
  const { url } = upstream
  const { providers } = parseConfig(
    `
providers:
  azure: { url: "${url}", key: azure-key }
  entra: { kind: azure, url: "${url}", key: entra-token, auth: bearer, apiVersion: "2025-04-01-preview" }
  vertex-anthropic: { url: "${url}", project: p, location: us-east5, key: ya29.token }
`,
    { env: {} },
  )
  stand = await openStand({ config: (config) => ({ ...config, providers }) })
})
afterAll(async () => {
  await stand[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const messages = [{ role: 'user' as const, content: 'Hello' }]

it('shows Azure its key in a header of its own, or a token as a bearer, and names the version in the query', async () => {
  await stand.openai.chat.completions.create({ model: 'azure/mine', messages }).catch(() => undefined)
  await stand.openai.chat.completions.create({ model: 'entra/mine', messages }).catch(() => undefined)
  const [byKey, byToken] = upstream.received.slice(-2)
  expect(byKey).toMatchObject({ path: '/openai/v1/chat/completions', headers: { 'api-key': 'azure-key' } })
  expect(byKey?.headers).not.toHaveProperty('authorization')
  expect(byToken).toMatchObject({
    path: '/openai/deployments/mine/chat/completions?api-version=2025-04-01-preview',
    headers: { authorization: 'Bearer entra-token' },
  })
  expect(byToken?.headers).not.toHaveProperty('api-key')
})

it("passes a client's betas to Claude on Vertex AI, and no version or key of its own", async () => {
  const body = { model: 'vertex-anthropic/claude-sonnet-4-5@20250929', max_tokens: 5, messages }
  const headers = { 'anthropic-beta': 'context-1m-2025-08-07' }
  await stand.anthropic.messages.create(body, { headers }).catch(() => undefined)
  const [sent] = upstream.received.slice(-1)
  expect(sent).toMatchObject({
    path: '/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict',
    headers: { 'anthropic-beta': 'context-1m-2025-08-07', authorization: 'Bearer ya29.token' },
    body: '{"max_tokens":5,"messages":[{"role":"user","content":"Hello"}],"anthropic_version":"vertex-2023-10-16"}',
  })
  for (const name of ['anthropic-version', 'x-api-key']) expect(sent?.headers).not.toHaveProperty(name)
})
