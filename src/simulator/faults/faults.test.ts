import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { startSimulator } from '../index.ts'
import { ask, question, spelled, suffer } from './faults.suite.ts'

test('stops after the deltas that the fault allows, and bills those', async () => {
  const { outcome, line } = await suffer('no-terminal-event', 'openai-chat', true)
  expect(outcome).toMatchObject({ ending: null })
  const cut = await suffer('cut:after=5', 'anthropic-messages', true)
  expect(cut.line.usage.output).toBe(5)
  expect(line.usage.output).toBeGreaterThan(5)
})

test('fails the first requests only, where the model name says so', async () => {
  await using simulator = await startSimulator()
  const never = new AbortController().signal
  const outcomes: string[] = []
  for (let time = 0; time < 3; time++) {
    outcomes.push(spelled(await ask(simulator, 'openai-chat', 'sim-small+rate-limited@2', false, never)).slice(0, 5))
  }
  expect(outcomes).toEqual(['! 429', '! 429', 'stop '])
})

test('says what is likely meant, and where the faults are listed, to whoever names one that is none', async () => {
  await using simulator = await startSimulator()
  const never = new AbortController().signal
  const outcome = await ask(simulator, 'anthropic-messages', 'sim-small+overlaoded', false, never)
  expect(outcome).toMatchObject({
    status: 400,
    error: expect.stringContaining('Did you mean overloaded? GET /simulator/faults lists all.'),
  })
})

test('says what a fault can be told, to whoever tells it something else', async () => {
  await using simulator = await startSimulator()
  const never = new AbortController().signal
  const outcome = await ask(simulator, 'openai-chat', 'sim-small+stall:before=3', false, never)
  expect(outcome).toMatchObject({ status: 400, error: expect.stringContaining('Its parameters are: after.') })
})

test('sends the pushback that the fault names', async () => {
  await using simulator = await startSimulator()
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const simulate = 'rate-limited; retryAfter=Wed, 21 Oct 2026 07:28:00 GMT; retryAfterMs=1500; shouldRetry=false'
  const asking = client.chat.completions.create(
    { model: 'sim-small', messages: question },
    { headers: { 'x-simulate': simulate } },
  )
  const error: unknown = await asking.catch((thrown: unknown) => thrown)
  const { headers } = error as { headers: Headers }
  expect(headers.get('retry-after')).toBe('Wed, 21 Oct 2026 07:28:00 GMT')
  expect(headers.get('retry-after-ms')).toBe('1500')
  expect(headers.get('x-should-retry')).toBe('false')
})

test('nothing listens at the refused address', async () => {
  await using simulator = await startSimulator()
  const error: unknown = await fetch(simulator.refusedUrl).catch((thrown: unknown) => thrown)
  expect((error as Error).cause).toMatchObject({ code: 'ECONNREFUSED' })
})
