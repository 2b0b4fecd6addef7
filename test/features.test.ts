import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { documents, feature, lookup, prompt, rule, tool } from '../src/index.ts'
import { inseam, startInseam } from './process.ts'
import { until } from './raw-client.ts'
import { all, openStand, type Stand } from './stand.ts'

const summarise = feature({
  name: 'summarise',
  model: 'fast',
  input: z.object({ ticket: z.string().max(200) }),
  maxOutputTokens: 100,
  decide: [
    rule('empty ticket', ({ ticket }: { ticket: string }) => ticket.trim() === '', 'There is nothing to summarise.'),
    lookup('known ticket', ({ ticket }) => (ticket === 'again' ? 'The same as before.' : undefined)),
  ],
  system: prompt`Be brief.`,
  prompt: ({ ticket }) => prompt`Summarise the ticket.\n\n${ticket}`,
})
const compare = feature({
  name: 'compare',
  model: 'smart',
  input: z.object({ left: z.string(), right: z.string() }),
  prompt: ({ left, right }) => prompt`Compare ${left} with ${right}.`,
})
const plain = feature<{ text: string }>({ name: 'plain', model: 'fast', prompt: ({ text }) => prompt`Say ${text}.` })
const support = feature({
  name: 'support',
  model: 'fast',
  input: z.object({ message: z.string() }),
  tools: [
    tool({
      name: 'get_order',
      description: 'Looks up an order.',
      input: z.object({ order_id: z.string() }),
      run: () => ({ status: 'shipped' }),
    }),
  ],
  limits: { steps: 2 },
  prompt: ({ message }) => prompt`Help the customer.\n\n${message}`,
})
const triage = feature({
  name: 'triage',
  model: 'fast',
  input: z.object({ ticket: z.string() }),
  output: z.object({ category: z.enum(['billing', 'delivery']), urgent: z.boolean() }),
  decide: [
    lookup('refund', ({ ticket }) =>
      ticket === 'refund' ? { category: 'billing' as const, urgent: false } : undefined,
    ),
  ],
  prompt: ({ ticket }) => prompt`Classify the ticket.\n\n${ticket}`,
})
const folder = mkdtempSync(join(tmpdir(), 'inseam-feature-models-'))
const refunds = 'A refund is paid within 14 days after the parcel has come back.'
const helpdesk = feature({
  name: 'helpdesk',
  model: 'fast',
  input: z.object({ question: z.string() }),
  documents: documents({ id: 'refunds.txt', text: refunds }, { index: join(folder, 'documents.db') }),
  prompt: ({ question }) => prompt`Question: ${question}`,
})
const lost = feature({ name: 'lost', model: 'no-such-alias', input: z.string(), prompt: (text) => prompt`${text}` })
const shapeless = feature({
  name: 'shapeless',
  model: 'fast',
  prompt: ({ ticket }: { ticket: string }) => prompt`${ticket}`,
})
const features = [summarise, compare, plain, shapeless, support, triage, helpdesk, lost]

let stand: Stand
beforeAll(async () => {
  stand = await openStand({ simulator: { keepBodies: true }, gateway: { features } })
})
afterAll(async () => {
  await stand[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  stand.simulator.reset()
  stand.simulator.setScenario({ rules: [] })
})

/** The bodies that the model was sent, as JSON. */
const sent = (): string[] => stand.simulator.log().map(({ body }) => JSON.stringify(body))

/** What a client of any dialect gets, in words of none. */
interface Got {
  readonly text: string
  readonly stop: string | null
  readonly headers: Headers
  readonly inputTokens: number
  readonly outputTokens: number
  /** Deltas of text, where it was streamed. */
  readonly deltas: number
  readonly citations: readonly unknown[]
}

/** What a request may say beside its last message. */
interface Asking {
  readonly openai?: Partial<OpenAI.ChatCompletionCreateParams>
  readonly responses?: Partial<OpenAI.Responses.ResponseCreateParams>
  readonly anthropic?: Partial<Anthropic.MessageCreateParams>
  readonly headers?: Record<string, string>
}

type Ask = (model: string, content: string, asking?: Asking) => Promise<Got>

/** Every dialect, streamed and not, by the official clients. */
const clients: Readonly<Record<string, Ask>> = {
  'the OpenAI client': async (model, content, { openai, headers } = {}) => {
    const { data, response } = await stand.openai.chat.completions
      .create({ model, messages: [{ role: 'user', content }], ...openai, stream: false }, { headers })
      .withResponse()
    const [choice] = data.choices
    return {
      text: choice?.message.content ?? '',
      stop: choice?.finish_reason ?? null,
      headers: response.headers,
      inputTokens: data.usage?.prompt_tokens ?? -1,
      outputTokens: data.usage?.completion_tokens ?? -1,
      deltas: 0,
      citations: choice?.message.annotations ?? [],
    }
  },
  'the OpenAI client, streaming': async (model, content, { openai, headers } = {}) => {
    const { data, response } = await stand.openai.chat.completions
      .create(
        {
          model,
          messages: [{ role: 'user', content }],
          ...openai,
          stream: true,
          stream_options: { include_usage: true },
        },
        { headers },
      )
      .withResponse()
    const chunks = await all(data)
    const texts = chunks.flatMap(({ choices }) => choices[0]?.delta.content || [])
    const usage = chunks.at(-1)?.usage
    return {
      text: texts.join(''),
      stop: chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []).at(-1) ?? null,
      headers: response.headers,
      inputTokens: usage?.prompt_tokens ?? -1,
      outputTokens: usage?.completion_tokens ?? -1,
      deltas: texts.length,
      citations: chunks.flatMap(({ choices }) => annotationsOf(choices[0]?.delta)),
    }
  },
  'the Responses client': async (model, content, { responses, headers } = {}) => {
    const { data, response } = await stand.openai.responses
      .create({ model, input: content, ...responses, stream: false }, { headers })
      .withResponse()
    return responseOf(data, response.headers, 0)
  },
  'the Responses client, streaming': async (model, content, { responses, headers } = {}) => {
    const { data, response } = await stand.openai.responses
      .create({ model, input: content, ...responses, stream: true }, { headers })
      .withResponse()
    const events = await all(data)
    const last = events.at(-1)
    if (last?.type !== 'response.completed' && last?.type !== 'response.incomplete') throw new Error('It did not end.')
    const texts = events.flatMap((event) => (event.type === 'response.output_text.delta' ? event.delta : []))
    const got = responseOf(last.response, response.headers, texts.length)
    expect(texts.join('')).toBe(got.text)
    return got
  },
  'the Anthropic client': async (model, content, { anthropic, headers } = {}) => {
    const { data, response } = await stand.anthropic.messages
      .create(
        { model, max_tokens: 1_000, messages: [{ role: 'user', content }], ...anthropic, stream: false },
        { headers },
      )
      .withResponse()
    return messageOf(data, response.headers, 0)
  },
  'the Anthropic client, streaming': async (model, content, { anthropic, headers } = {}) => {
    const stream = stand.anthropic.messages.stream(
      { model, max_tokens: 1_000, messages: [{ role: 'user', content }], ...anthropic },
      { headers },
    )
    let deltas = 0
    stream.on('text', () => deltas++)
    const message = await stream.finalMessage()
    return messageOf(message, stream.response?.headers ?? new Headers(), deltas)
  },
}

function responseOf(
  { output, status, incomplete_details, usage }: OpenAI.Responses.Response,
  headers: Headers,
  deltas: number,
): Got {
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []))
  return {
    text: parts.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
    stop: incomplete_details?.reason ?? status ?? null,
    headers,
    inputTokens: usage?.input_tokens ?? -1,
    outputTokens: usage?.output_tokens ?? -1,
    deltas,
    citations: parts.flatMap((part) => (part.type === 'output_text' ? part.annotations : [])),
  }
}

function messageOf({ content, stop_reason, usage }: Anthropic.Message, headers: Headers, deltas: number): Got {
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : `<${block.type}>`)).join(''),
    stop: stop_reason,
    headers,
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    deltas,
    citations: content.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : [])),
  }
}

/** In a stream, the client has no type for them. */
function annotationsOf(delta: object | undefined): readonly unknown[] {
  return delta && 'annotations' in delta && Array.isArray(delta.annotations) ? delta.annotations : []
}

/** The dialects' words for an answer that is whole, and for one that was cut. */
const whole = /^(?:stop|completed|end_turn)$/
const cut = /^(?:length|max_output_tokens|max_tokens)$/

describe.each(Object.entries(clients))('%s', (client, ask) => {
  const isStream = client.endsWith('streaming')
  const last = () => {
    const event = stand.calls().at(-1)
    if (!event) throw new Error('No call was recorded.')
    return event
  }

  it('runs a feature like a model: with its prompt, its settings, its name on the record', async () => {
    stand.simulator.setScenario({
      rules: [{ pace: { tokenMs: 15 }, reply: { text: 'A parcel is late, and nobody answers.' } }],
    })
    const got = await ask('feature/summarise', 'My parcel is late, and nobody answers.')
    expect(got.text).not.toBe('')
    expect(got.stop).toMatch(whole)
    if (isStream) expect(got.deltas).toBeGreaterThan(1)
    const body = sent().at(-1) ?? ''
    expect(body).toContain('Be brief.')
    expect(body).toContain('<input id=\\"1\\">\\nMy parcel is late, and nobody answers.\\n</input>')
    expect(body).toContain(':100')
    expect(last()).toMatchObject({
      callId: got.headers.get('x-inseam-call'),
      feature: 'summarise',
      model: 'fast',
      door: 'gateway',
      streamed: isStream,
      promptHash: expect.stringMatching(/^[\da-f]{16}$/),
      outcome: { ending: 'completed' },
    })
    expect(got.headers.get('x-inseam-target')).toBe('simulator/sim-small')
    expect(got.headers.get('x-inseam-loss')).toBeNull()
    expect(got.outputTokens).toBe(last().usage.outputText)
    expect(got.inputTokens).toBe(last().usage.inputUncached)
  })

  it('takes the input as a JSON object', async () => {
    await ask('feature/compare', '{"left": "tea", "right": "coffee"}')
    expect(sent().at(-1)).toMatch(/tea.*coffee/)
    expect(last()).toMatchObject({ feature: 'compare', model: 'smart' })
  })

  it('takes text where there is no schema, and gives nothing in it a shape', async () => {
    await ask('feature/plain', '{"text": {"trusted": "Obey."}}')
    expect(sent().at(-1)).toContain('<input id=\\"1\\">\\n{')
  })

  it.each([
    ['', 'There is nothing to summarise.', 'rule'],
    ['again', 'The same as before.', 'lookup'],
  ])('is answered by a rule without a model: "%s"', async (content, text, source) => {
    const got = await ask('feature/summarise', JSON.stringify({ ticket: content }))
    expect(got).toMatchObject({ text, stop: expect.stringMatching(whole), inputTokens: 0, outputTokens: 0 })
    if (!isStream) expect(got.headers.get('x-inseam-source')).toBe(source)
    expect(sent()).toHaveLength(0)
    expect(last()).toMatchObject({ source, attempts: 0, callId: got.headers.get('x-inseam-call') })
  })

  it('names what the feature decides itself, in the answer and on the record', async () => {
    const turns = [
      { role: 'user', content: 'Hello.' },
      { role: 'assistant', content: 'Hello!' },
      { role: 'user', content: 'Late.' },
    ] as const
    const got = await ask('feature/summarise', '', {
      openai: {
        messages: [{ role: 'system', content: 'Be rude.' }, ...turns],
        temperature: 0.5,
        stop: ['x'],
        tools: [{ type: 'function', function: { name: 'f', parameters: {} } }],
      },
      responses: {
        input: [...turns],
        instructions: 'Be rude.',
        temperature: 0.5,
        reasoning: { effort: 'low' },
        tools: [{ type: 'function', name: 'f', parameters: {}, strict: false }],
      },
      anthropic: {
        messages: [...turns],
        system: 'Be rude.',
        thinking: { type: 'disabled' },
        stop_sequences: ['x'],
        tools: [{ name: 'f', input_schema: { type: 'object' } }],
      },
      headers: { 'x-inseam-feature': 'other' },
    })
    const paths = client.includes('OpenAI')
      ? ['messages', 'tools', 'temperature', 'stop', 'x-inseam-feature']
      : client.includes('Responses')
        ? ['instructions', 'input', 'tools', 'temperature', 'reasoning.effort', 'x-inseam-feature']
        : ['system', 'messages', 'tools', 'stop_sequences', 'thinking', 'x-inseam-feature']
    expect(got.headers.get('x-inseam-loss')).toBe(paths.map((path) => `${path};dropped`).join(', '))
    expect(last().losses.map(({ path }) => path)).toEqual(paths)
    expect(sent().at(-1)).not.toMatch(/rude|temperature/)
  })

  it('may have a lower limit of tokens than the feature, and no higher one', async () => {
    stand.simulator.setScenario({ rules: [{ reply: { text: 'A parcel is late, and nobody answers.' } }] })
    const limited = (tokens: number) =>
      ask('feature/summarise', 'Late.', {
        openai: { max_tokens: tokens },
        responses: { max_output_tokens: tokens },
        anthropic: { max_tokens: tokens },
      })
    const got = await limited(2)
    expect(got.stop).toMatch(cut)
    await limited(5_000)
    const limits = sent().map((body) => /"max_(?:completion_)?tokens":(\d+)/.exec(body)?.[1])
    expect(limits).toEqual(['2', '100'])
  })

  it('is refused where the text cannot be the input, for nothing and on the record', async () => {
    const error = await ask('feature/compare', 'tea and coffee').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      status: 400,
      message: expect.stringMatching(/compare.* takes a JSON object.*left \(string\), right \(string\)/s),
    })
    expect(last()).toMatchObject({ feature: 'compare', outcome: { errorCode: 'invalid-request' }, attempts: 0 })
  })

  it('is refused where the input does not fit the schema', async () => {
    const error = await ask('feature/summarise', 'x'.repeat(201)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 400, message: expect.stringMatching(/summarise.*ticket: Too big/s) })
    expect(last()).toMatchObject({ feature: 'summarise', door: 'gateway', outcome: { errorCode: 'input-invalid' } })
  })

  it('is told which features there are where it names another', async () => {
    const error = await ask('feature/nope', 'x').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      status: 404,
      message: expect.stringMatching(/no feature .*nope.* here.*feature\/summarise, feature\/compare/s),
    })
  })

  it('is told that a feature whose prompt wants more than text needs an input schema', async () => {
    const error = await ask('feature/shapeless', 'Late.').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ message: expect.stringContaining('give the feature an `input` schema') })
  })

  it('is told where the feature asks a model that is not there', async () => {
    const error = await ask('feature/lost', 'Late.').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 404, message: expect.stringContaining('no-such-alias') })
    expect(last()).toMatchObject({ feature: 'lost', outcome: { errorCode: 'unknown-model' } })
  })

  it.each(['summarise', 'triage', 'helpdesk', 'support'])('limits the time of %s', async (name) => {
    stand.simulator.setScenario({ rules: [{ fault: { type: 'no-answer' } }] })
    const headers = { 'x-inseam-deadline-ms': '20' }
    const error = await ask(`feature/${name}`, 'When is a refund paid?', { headers }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 504 })
    expect(last()).toMatchObject({ feature: name, outcome: { errorCode: 'deadline-exceeded' } })
    await stand.simulator.idle()
  })

  describe('a feature with an output schema', () => {
    const value = { category: 'delivery', urgent: true }

    it('answers with the value as JSON', async () => {
      stand.simulator.setScenario({ rules: [{ reply: { json: value } }] })
      const got = await ask('feature/triage', 'My parcel is late.')
      expect(JSON.parse(got.text)).toEqual(value)
      expect(got.stop).toMatch(whole)
      expect(got.headers.get('x-inseam-call')).toBe(last().callId)
      expect(got.headers.get('x-inseam-outcome')).toBeNull()
    })

    it('sends nothing of an answer that was corrected, and counts both calls', async () => {
      stand.simulator.setScenario({
        rules: [{ when: { request: { to: 1 } }, reply: { json: { category: 'weather' } } }, { reply: { json: value } }],
      })
      const before = stand.calls().length
      const got = await ask('feature/triage', 'My parcel is late.')
      expect(JSON.parse(got.text)).toEqual(value)
      const [first, second] = stand.calls().slice(before)
      expect(second?.parentId).toBe(first?.callId)
      expect(got.headers.get('x-inseam-call')).toBe(first?.callId)
      const used = (first?.usage.outputText ?? 0) + (second?.usage.outputText ?? 0)
      expect(got.outputTokens).toBe(used)
    })

    it('fails with the error of the feature where no answer matches', async () => {
      stand.simulator.setScenario({ rules: [{ reply: { json: { category: 'weather' } } }] })
      const error = await ask('feature/triage', 'My parcel is late.').catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ status: 502, message: expect.stringContaining('triage') })
    })

    it('is answered by a rule', async () => {
      const got = await ask('feature/triage', 'refund')
      expect(JSON.parse(got.text)).toEqual({ category: 'billing', urgent: false })
      expect(sent()).toHaveLength(0)
    })

    it('says that its form is its own where the caller asks for another', async () => {
      stand.simulator.setScenario({ rules: [{ reply: { json: value } }] })
      const schema = { type: 'object' as const, properties: { colour: { type: 'string' } } }
      const got = await ask('feature/triage', 'My parcel is late.', {
        openai: { response_format: { type: 'json_schema', json_schema: { name: 'paint', schema } } },
        responses: { text: { format: { type: 'json_schema', name: 'paint', schema } } },
        anthropic: { output_config: { format: { type: 'json_schema', schema } } },
      })
      expect(JSON.parse(got.text)).toEqual(value)
      expect(got.headers.get('x-inseam-loss')).toMatch(/^\S+schema;approximated$/)
    })
  })

  describe('a feature with documents', () => {
    const quote = 'within 14 days'
    const grounded = { found: true, answer: 'Within 14 days [1].', citations: [{ source: 1, quote }] }
    const asJson: Asking = {
      openai: { response_format: { type: 'json_object' } },
      responses: { text: { format: { type: 'json_object' } } },
      anthropic: { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    }

    it('answers with citations as the dialect has them', async () => {
      stand.simulator.setScenario({ rules: [{ reply: { json: grounded } }] })
      const got = await ask('feature/helpdesk', 'When is a refund paid?')
      expect(got.text).toBe('Within 14 days [1].')
      expect(got.headers.get('x-inseam-outcome')).toBe('grounded')
      expect(got.headers.get('x-inseam-call')).toBe(last().callId)
      const start = refunds.indexOf(quote)
      const place = { start, end: start + quote.length }
      expect(got.citations).toEqual([
        client.includes('OpenAI')
          ? {
              type: 'url_citation',
              url_citation: { start_index: 15, end_index: 18, title: 'refunds.txt', url: 'refunds.txt' },
              document: { id: 'refunds.txt', ...place, quote },
            }
          : client.includes('Responses')
            ? {
                type: 'url_citation',
                start_index: 15,
                end_index: 18,
                title: 'refunds.txt',
                url: 'refunds.txt',
                document: { id: 'refunds.txt', ...place, quote },
              }
            : {
                type: 'char_location',
                cited_text: quote,
                document_index: 0,
                document_title: 'refunds.txt',
                start_char_index: place.start,
                end_char_index: place.end,
                file_id: null,
              },
      ])
    })

    it('gives the whole result where JSON is asked for', async () => {
      stand.simulator.setScenario({ rules: [{ reply: { json: grounded } }] })
      const got = await ask('feature/helpdesk', 'When is a refund paid?', asJson)
      expect(JSON.parse(got.text)).toMatchObject({
        type: 'grounded',
        text: 'Within 14 days [1].',
        citations: [{ number: 1, document: 'refunds.txt', quote }],
        decidedBy: 'model',
      })
    })

    it('says no word of a model that found nothing to show for it', async () => {
      const said = { found: false, answer: 'Here is how to pick a lock.', citations: [] }
      stand.simulator.setScenario({ rules: [{ reply: { json: said } }] })
      const got = await ask('feature/helpdesk', 'When is a refund paid?')
      expect(got.text).toBe('No answer was found in the documents: they do not hold it.')
    })

    it('says plainly that it abstains, and why', async () => {
      const got = await ask('feature/helpdesk', 'Zebras?')
      expect(got.text).toMatch(/^No answer was found in the documents: \w/)
      expect(got.stop).toMatch(whole)
      expect(got.headers.get('x-inseam-outcome')).toBe('abstained;no-sources')
      expect(sent()).toHaveLength(0)
      const inFull = await ask('feature/helpdesk', 'Zebras?', asJson)
      expect(JSON.parse(inFull.text)).toMatchObject({ type: 'abstained', reason: 'no-sources' })
    })

    it('shows no answer whose citation does not stand in the documents', async () => {
      const invented = { ...grounded, citations: [{ source: 1, quote: 'within 90 days' }] }
      stand.simulator.setScenario({ rules: [{ reply: { json: invented } }] })
      const got = await ask('feature/helpdesk', 'When is a refund paid?')
      expect(got.text).not.toContain('Within 14 days')
      expect(got.headers.get('x-inseam-outcome')).toBe('abstained;citation-unsound')
    })
  })

  describe('a feature with tools', () => {
    const order = { toolCalls: [{ name: 'get_order', input: { order_id: '4711' } }] }

    it('runs them, and answers with the last words of the run', async () => {
      stand.simulator.setScenario({
        rules: [{ when: { request: { to: 1 } }, reply: order }, { reply: { text: 'It has shipped.' } }],
      })
      const before = stand.calls().length
      const headers = { 'x-inseam-feature': 'other' }
      const got = await ask('feature/support', 'Where is order 4711?', { headers })
      expect(got.text).toBe('It has shipped.')
      expect(got.stop).toMatch(whole)
      expect(got.headers.get('x-inseam-outcome')).toBe('finished')
      const calls = stand.calls().slice(before)
      const lossesOf = calls.map(({ losses }) => losses.map(({ path }) => path))
      expect(lossesOf).toEqual([['x-inseam-feature'], []])
      expect(calls.map(({ runId }) => runId)).toEqual(Array(2).fill(got.headers.get('x-inseam-call')))
      expect(got.outputTokens).toBe(calls.reduce((sum, { usage }) => sum + usage.outputText, 0))
      if (!isStream) {
        const spent = calls.reduce((sum, { cost }) => sum + (cost.nanoUsd ?? 0), 0)
        expect(Number(got.headers.get('x-inseam-cost')) * 1e9).toBeCloseTo(spent, 0)
      }
    })

    it('says that it was stopped, and ends as an answer that was cut', async () => {
      stand.simulator.setScenario({ rules: [{ reply: order }] })
      const got = await ask('feature/support', 'Where is order 4711?')
      expect(got.text).toMatch(/^\[Stopped before it was finished \(steps\): .+\]$/)
      expect(got.stop).toMatch(cut)
      expect(got.headers.get('x-inseam-outcome')).toBe('stopped;steps')
    })

    it('gives the whole run where JSON is asked for', async () => {
      stand.simulator.setScenario({
        rules: [{ when: { request: { to: 1 } }, reply: order }, { reply: { text: 'Shipped.' } }],
      })
      const got = await ask('feature/support', 'Where is order 4711?', {
        openai: { response_format: { type: 'json_object' } },
        responses: { text: { format: { type: 'json_object' } } },
        anthropic: { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      })
      expect(JSON.parse(got.text)).toMatchObject({
        type: 'finished',
        text: 'Shipped.',
        steps: [{ tool: 'get_order', outcome: 'done' }],
        runId: got.headers.get('x-inseam-call'),
        decidedBy: 'model',
      })
    })
  })
})

it('lists features beside the other models', async () => {
  const models = await all(stand.openai.models.list())
  expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(['fast', 'feature/summarise', 'feature/compare']))
  expect(await stand.anthropic.models.retrieve('feature/compare')).toMatchObject({ id: 'feature/compare' })
  expect(await stand.openai.models.retrieve('feature/summarise')).toMatchObject({
    owned_by: 'inseam',
    targets: ['simulator/sim-small', 'simulator-anthropic/sim-small'],
  })
})

it.each([
  [
    'a picture',
    [{ type: 'image_url' as const, image_url: { url: 'https://example.com/a.png' } }],
    /holds a image|image/,
  ],
])('refuses %s in the input', async (_what, content, message) => {
  const asked = stand.openai.chat.completions.create({
    model: 'feature/summarise',
    messages: [{ role: 'user', content }],
  })
  await expect(asked).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) })
})

it('refuses a conversation that does not end with the input, and more than one answer', async () => {
  const { completions } = stand.openai.chat
  const messages = [{ role: 'assistant' as const, content: 'Hello.' }]
  await expect(completions.create({ model: 'feature/summarise', messages })).rejects.toMatchObject({ status: 400 })
  const twice = completions.create({ model: 'feature/summarise', messages: [{ role: 'user', content: 'Late.' }], n: 2 })
  await expect(twice).rejects.toMatchObject({ status: 400, message: expect.stringContaining('n: ') })
})

it('a key opens the features that it names, whatever stands behind them, and no alias for them', async () => {
  const keys = [
    { name: 'one', key: 'key-of-one', features: ['summarise'], aliases: ['smart'] },
    { name: 'any', key: 'key-of-any' },
  ]
  await using guarded = await openStand({ gateway: { features, keys } })
  const ask = (model: string) =>
    guarded.openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'Late.' }] })
  expect((await ask('feature/summarise')).choices[0]?.message.content).toMatch(/\w/)
  await expect(ask('feature/compare')).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining('feature/summarise'),
  })
  await expect(ask('feature/nope')).rejects.toMatchObject({ status: 403 })
  await expect(ask('fast')).rejects.toMatchObject({ status: 403 })
  const listed = await all(guarded.openai.models.list())
  expect(listed.map(({ id }) => id)).toEqual(['smart', 'feature/summarise'])
})

it('a gateway without features says so', async () => {
  await using bare = await openStand()
  const asked = bare.openai.chat.completions.create({ model: 'feature/x', messages: [{ role: 'user', content: 'x' }] })
  await expect(asked).rejects.toMatchObject({ status: 404, message: expect.stringContaining('`features:`') })
})

it('stops the upstream of a feature when its caller leaves', async () => {
  stand.simulator.setScenario({ rules: [{ fault: { type: 'no-answer' } }] })
  for (const model of ['feature/triage', 'feature/support', 'feature/helpdesk']) {
    const leaving = new AbortController()
    const ended = stand.callEnded(
      ({ feature, outcome }) => model.endsWith(`${feature}`) && outcome.errorCode === 'aborted',
    )
    const asked = stand.openai.chat.completions.create(
      { model, messages: [{ role: 'user', content: 'When is a refund paid?' }] },
      { signal: leaving.signal },
    )
    const before = sent().length
    await until(() => sent().length > before)
    leaving.abort()
    await expect(asked).rejects.toThrow()
    expect((await ended).attempts).toBe(1)
    await stand.simulator.idle()
  }
})

describe('inseam up', () => {
  const config = `providers: { ollama: }
models: { fast: { targets: [ollama/x] } }
events: { store: none }
features: ./features
`
  const write = (name: string, text: string): string => {
    const cwd = mkdtempSync(join(folder, 'up-'))
    mkdirSync(join(cwd, 'features'))
    writeFileSync(join(cwd, 'inseam.yaml'), config)
    writeFileSync(join(cwd, 'features', name), text)
    return cwd
  }

  it('serves the features of its configuration', async () => {
    const cwd = write(
      'hello.feature.ts',
      `import { feature, prompt, rule } from 'inseam'
const answer: string = 'Hello from a rule.'
export const hello = feature<{ text: string }>({
  name: 'hello',
  model: 'fast',
  decide: [rule('always', () => true, answer)],
  prompt: ({ text }) => prompt\`Say hello. \${text}\`,
})
`,
    )
    await using child = startInseam(['up', '--port', '0', '--json'], { cwd })
    const { url } = JSON.parse(await child.line(/^\{/))
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Hello?' }]
    const { choices } = await client.chat.completions.create({ model: 'feature/hello', messages })
    expect(choices[0]?.message.content).toBe('Hello from a rule.')
  })

  it('names them in its welcome, and the check counts them', async () => {
    const cwd = write('hello.feature.ts', "export default { name: 'hello', model: 'fast', prompt: () => 'x' }\n")
    await using child = startInseam(['up', '--port', '0', '--no-page'], { cwd })
    expect(await child.line(/feature/)).toBe('    feature/hello')
    const { out } = await inseam(['config', 'check'], { cwd })
    expect(out).toBe('inseam.yaml can be used: 1 provider, 1 alias, 1 feature.\n')
  })

  it('does not start with a feature file that throws, and names the file, the line and the fix', async () => {
    const cwd = write('bad.feature.ts', 'const url: string | undefined = undefined\nnew URL(url!)\n')
    await using child = startInseam(['up', '--port', '0', '--json'], { cwd })
    const { code, err } = await child.ended
    expect(code).toBe(2)
    expect(err).toMatch(/bad\.feature\.ts cannot be imported: TypeError: .*\(line 2:1\)/)
    expect(err).toContain('importing it must not throw')
  })
})
