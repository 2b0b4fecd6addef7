import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AttemptEvent } from '../src/core/event.ts'
import { inputTokens, outputTokens } from '../src/core/usage.ts'
import { type FaultName, faults, type InvoiceLine } from '../src/simulator/index.ts'
import { alias, openStand, type Stand } from './stand.ts'

const providers = ['simulator', 'simulator-anthropic', 'simulator-gemini', 'simulator-bedrock'] as const
const clients = ['openai', 'anthropic'] as const

/** What a client gets where the fault is not one: the provider says how its answer ended, and the client is told. */
const endings: Partial<Record<FaultName, RegExp>> = {
  'malformed-json-output': /stop|end_turn|length|max_tokens/,
  refusal: /stop|refusal|content_filter/,
  'content-filter': /content_filter|refusal/,
  'max-tokens-in-tool-call': /length|max_tokens/,
  'usage-missing': /stop|end_turn/,
}

/** A unary call has no first token to wait for: a late answer is an answer. A filter's error from Anthropic is an error. */
const isAnswered = (fault: FaultName, provider: string, stream: boolean): boolean => {
  if (fault === 'slow-first-token') return !stream
  if (fault === 'content-filter') return provider !== 'simulator-anthropic'
  return fault in endings
}

const suffix: Partial<Record<FaultName, string>> = {
  'slow-first-token': ':ms=2500',
  'ping-only': ':intervalMs=100',
}

const modelOf = (fault: FaultName) => `sim-small+${fault}${suffix[fault] ?? ''}`

interface Outcome {
  readonly text: string
  readonly ending: string
}

const question = 'Where is my order 4711? Please look it up and tell me when it arrives at my door.'
const parameters = { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] } as const

async function ask(
  { openai, anthropic }: Stand,
  client: (typeof clients)[number],
  model: string,
  stream: boolean,
): Promise<Outcome> {
  const withTool = model.includes('max-tokens-in-tool-call')
  if (client === 'openai') {
    const body = {
      model,
      messages: [{ role: 'user' as const, content: question }],
      ...(withTool && { tools: [{ type: 'function' as const, function: { name: 'get_order_status', parameters } }] }),
    }
    if (!stream) {
      const [choice] = (await openai.chat.completions.create(body)).choices
      return { text: choice?.message.content ?? '', ending: choice?.finish_reason ?? 'none' }
    }
    let text = ''
    let ending = 'none'
    for await (const { choices } of await openai.chat.completions.create({ ...body, stream: true })) {
      text += choices[0]?.delta.content ?? ''
      ending = choices[0]?.finish_reason ?? ending
    }
    if (ending === 'none') throw new Error('The stream ended without a finish_reason, and the SDK said nothing.')
    return { text, ending }
  }
  const body = {
    model,
    max_tokens: 500,
    messages: [{ role: 'user' as const, content: question }],
    ...(withTool && { tools: [{ name: 'get_order_status', input_schema: parameters as never }] }),
  }
  const message = stream ? await anthropic.messages.stream(body).finalMessage() : await anthropic.messages.create(body)
  const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  if (message.stop_reason === null)
    throw new Error('The message ended without a stop_reason, and the SDK said nothing.')
  return { text, ending: message.stop_reason }
}

describe('each fault, through the gateway and the official clients', () => {
  let stand: Stand
  beforeAll(async () => {
    const broken = providers.flatMap((provider) =>
      faults.flatMap(({ name }) => [
        alias(`${provider}.${name}`, [`${provider}/${modelOf(name)}`]),
        alias(`rescued.${provider}.${name}`, [`${provider}/${modelOf(name)}`, 'simulator/sim-large']),
      ]),
    )
    stand = await openStand({ aliases: broken })
  })
  afterAll(() => stand[Symbol.asyncDispose]())

  for (const { name: fault } of faults) {
    for (const provider of providers) {
      for (const client of clients) {
        for (const stream of [true, false]) {
          // Without usage, Anthropic's own client cannot read Anthropic's own bytes, which pass as they are.
          if (fault === 'usage-missing' && provider === 'simulator-anthropic' && client === 'anthropic' && stream)
            continue
          const how = `${fault} of ${provider}, ${client} client, ${stream ? 'streamed' : 'whole'}`
          it.concurrent(`ends complete or as an error: ${how}`, async () => {
            const asked = ask(stand, client, `${provider}.${fault}`, stream)
            if (isAnswered(fault, provider, stream)) {
              expect((await asked).ending).toMatch(endings[fault] ?? /stop|end_turn/)
            } else {
              await expect(asked).rejects.toThrow(/simulator/)
            }
          })
        }
      }
    }
  }

  /** Faults that strike after content was passed on cannot be rerouted unseen. */
  const strikesLate = new Set<FaultName>([
    'stall',
    'cut',
    'malformed-event',
    'no-terminal-event',
    'error-event-mid',
    'content-filter',
  ])

  for (const { name: fault } of faults) {
    for (const provider of providers) {
      for (const stream of [true, false]) {
        if (isAnswered(fault, provider, stream) || (stream && strikesLate.has(fault))) continue
        // A blocked prompt and a bad request are the caller's to change, not another provider's to answer.
        if (fault === 'content-filter' || fault === 'bad-request') continue
        // A unary call to a provider that never ends its answer has only its deadline, and then no time is left.
        if (!stream && (fault === 'stall' || fault === 'no-answer' || fault === 'ping-only')) continue
        it.concurrent(`falls back unseen: ${fault} of ${provider}, ${stream ? 'streamed' : 'whole'}`, async () => {
          const { text, ending } = await ask(stand, 'openai', `rescued.${provider}.${fault}`, stream)
          expect(ending).toBe('stop')
          expect(text.length).toBeGreaterThan(5)
        })
      }
    }
  }
})

describe('the books', () => {
  it('equal the invoice wherever usage arrived, and are flagged estimates where it did not', async () => {
    const cases = faults.flatMap(({ name }) =>
      providers.flatMap((provider) => [true, false].map((stream) => ({ name, provider, stream }))),
    )
    await using stand = await openStand({
      aliases: providers.flatMap((provider) =>
        faults.map(({ name }) =>
          alias(`${provider}.${name}`, [`${provider}/${modelOf(name)}`], {
            retry: { attempts: 1, baseMs: 1, capMs: 1 },
          }),
        ),
      ),
    })
    await Promise.all(
      cases.flatMap(({ name, provider, stream }) =>
        clients.map((client) => ask(stand, client, `${provider}.${name}`, stream).catch(() => undefined)),
      ),
    )
    await stand.simulator.idle()
    const invoice = stand.simulator.invoice()
    const attempts = new Map(stand.attempts().map((attempt) => [attempt.requestId, attempt]))
    let compared = 0
    for (const line of invoice.lines) {
      const attempt = attempts.get(line.id)
      if (!attempt) continue
      compared++
      compare(line, attempt)
    }
    expect(compared).toBeGreaterThan(cases.length)
    for (const attempt of stand.attempts()) {
      const wasAsked = attempt.connectMs !== undefined
      const wasRefused = attempt.status !== undefined && attempt.status >= 300
      if (wasAsked && !wasRefused) expect(inputTokens(attempt.usage), JSON.stringify(attempt)).toBeGreaterThan(0)
    }
  })
})

function compare(line: InvoiceLine, attempt: AttemptEvent): void {
  const what = `${line.fault} ${line.dialect} ${line.streamed ? 'streamed' : 'whole'}`
  if (line.reportedUsage && attempt.outcome.ending !== 'error') expect(attempt.usage.source, what).toBe('measured')
  if (attempt.usage.source === 'estimated') {
    expect(line.reportedUsage && attempt.outcome.ending !== 'error', what).toBe(false)
    return
  }
  const { usage } = attempt
  expect(
    {
      uncachedInput: usage.inputUncached,
      cacheRead: usage.cacheRead,
      cacheWrite5m: usage.cacheWrite5m,
      cacheWrite1h: usage.cacheWrite1h,
      cacheWriteOther: usage.cacheWriteOther,
      output: outputTokens(usage),
      reasoning: usage.outputReasoning,
    },
    what,
  ).toEqual(line.usage)
  expect(attempt.cost.nanoUsd, what).toBe(line.costNanoUsd)
}
