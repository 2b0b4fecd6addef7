import { expect, it } from 'vitest'
import type { ProviderConfig } from '../src/config.ts'
import { openStand } from './stand.ts'

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-canary', sessionToken: 'session-canary' }
const model = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'

/** A stand whose provider `bedrock` is the simulator, asked by signature. */
function openSigned() {
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
        models: [],
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
  // The price of a region is not that of the model's maker: nobody listed it.
  expect(stand.attempts()[0]?.cost).toMatchObject({ nanoUsd: null, status: 'unpriced' })
  expect(JSON.stringify([stand.calls(), stand.attempts()])).not.toContain('canary')
})
