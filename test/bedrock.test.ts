import { expect, it } from 'vitest'
import type { ProviderConfig } from '../src/config.ts'
import { openStand } from './stand.ts'

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-canary', sessionToken: 'session-canary' }
const model = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'

/** A stand whose provider `bedrock` is the simulator, asked by signature. */
function openSigned(models: readonly string[] = []) {
  return openStand({
    config: (config) => {
      const bedrock: ProviderConfig = {
        name: 'bedrock',
        kind: 'bedrock',
        dialect: 'bedrock-converse',
        url: config.providers.find(({ name }) => name === 'simulator-bedrock')!.url,
        auth: 'aws',
        aws: { region: 'us-east-1', keys },
        headers: {},
        quirks: {},
        models,
      }
      return { ...config, providers: [...config.providers, bedrock] }
    },
  })
}

it('is asked by signature, at the address of a model whose id has to be encoded, whole and streamed', async () => {
  await using stand = await openSigned()
  const request = {
    model: `bedrock/${model}`,
    messages: [{ role: 'user' as const, content: 'Where is my order 4411?' }],
  }
  const whole = await stand.openai.chat.completions.create(request)
  const stream = stand.openai.chat.completions.stream({ ...request, stream_options: { include_usage: true } })
  const streamed = await stream.finalChatCompletion()
  expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content)
  expect(streamed.usage).toMatchObject({ prompt_tokens: whole.usage?.prompt_tokens })
  const lines = stand.simulator.invoice().lines
  expect(stand.attempts()).toMatchObject(
    lines.map(({ id }) => ({ model, dialect: 'bedrock-converse', requestId: id, outcome: { ending: 'completed' } })),
  )
  // A tenth more than 1 USD a million in and 5 out, which is what it costs everywhere.
  for (const [index, { usage }] of lines.entries()) {
    const nanoUsd = usage.uncachedInput * 1100 + usage.output * 5500
    expect(stand.attempts()[index]?.cost).toMatchObject({ nanoUsd, status: 'priced' })
  }
  expect(JSON.stringify([stand.calls(), stand.attempts()])).not.toContain('canary')
})

it('is listed with what its models can do and cost, those that an ARN names too', async () => {
  const arn = (resource: string) => `arn:aws:bedrock:us-east-1:123456789012:${resource}`
  const named = [
    model,
    arn(`inference-profile/${model}`),
    arn('application-inference-profile/a1b2c3'),
    'us.acme.unknown',
  ]
  await using stand = await openSigned(named)
  const listed = stand.seam.models().filter(({ id }) => id.startsWith('bedrock/'))
  expect(listed.map(({ prices }) => prices.map(({ input, output }) => [input, output]))).toEqual([
    [[1.1, 5.5]],
    [[1.1, 5.5]],
    [],
    [],
  ])
  expect(listed.map(({ capabilities }) => capabilities.contextTokens)).toEqual([200_000, 200_000, undefined, undefined])
})
