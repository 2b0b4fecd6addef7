import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createVirtualClock } from '../src/core/virtual-clock.ts'
import { isInseamError } from '../src/errors/index.ts'
import { type Delta, feature, lookup, prompt, rule, type StreamPart, trusted } from '../src/index.ts'
import { until } from './raw-client.ts'
import { startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, all, openStand, type Stand } from './stand.ts'

const providers = ['simulator', 'simulator-anthropic', 'simulator-gemini', 'simulator-bedrock'] as const

let stand: Stand
beforeAll(async () => {
  stand = await openStand({
    aliases: [
      ...providers.flatMap((provider) => [
        alias(provider, [`${provider}/sim-small`]),
        alias(`cached-${provider}`, [`${provider}/sim-small`], { cache: { ttlSeconds: 60 } }),
        alias(`shared-${provider}`, [`${provider}/sim-small`], { coalesce: true }),
      ]),
      alias('limited', ['simulator/sim-small'], { maxOutputTokens: 5 }),
      alias('cached-limited', ['simulator/sim-small'], { cache: { ttlSeconds: 60 }, maxOutputTokens: 5 }),
    ],
    simulator: { keepBodies: true },
  })
})
afterAll(() => stand[Symbol.asyncDispose]())
beforeEach(() => {
  stand.simulator.reset()
  stand.simulator.setScenario({ rules: [] })
})

const ticketInput = z.object({ ticket: z.string().max(200) })
const summarise = (model: string) =>
  feature({
    name: 'summarise-ticket',
    model,
    input: ticketInput,
    decide: [
      rule('empty ticket', ({ ticket }: { ticket: string }) => ticket.trim() === '', 'There is nothing to summarise.'),
      lookup('known ticket', ({ ticket }: { ticket: string }) =>
        ticket === '4711' ? 'Order 4711 is on its way.' : undefined,
      ),
    ],
    system: prompt`You work for ${trusted('Acme')}.`,
    prompt: ({ ticket }) => prompt`Summarise the ticket in one sentence.\n\n${ticket}`,
  })
const ticket = 'My parcel has not come, and nobody answers the telephone.'
const linesOf = () => stand.simulator.invoice().lines

const failure = async (work: Promise<unknown>) => {
  const thrown = await work.then(
    () => expect.unreachable('It was answered.'),
    (error: unknown) => error,
  )
  if (!isInseamError(thrown)) throw thrown
  return thrown
}
const deltasIn = (parts: readonly StreamPart[]): Delta[] => parts.filter((part) => part.type !== 'reply')
const textIn = (parts: readonly StreamPart[]) =>
  parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')

describe.each(providers)('a feature over %s', (provider) => {
  it('answers whole, at the price that the provider bills', async () => {
    const reply = await stand.seam.complete(
      summarise(provider),
      { ticket },
      { tenant: 'acme', user: 'u1', session: 's1', tags: ['a'], traceId: '0af7651916cd43dd8448eb211c80319c' },
    )
    expect(reply).toMatchObject({
      source: 'provider',
      target: `${provider}/sim-small`,
      ending: { type: 'completed', by: 'end' },
      cost: { nanoUsd: linesOf()[0]?.costNanoUsd, status: 'priced' },
    })
    expect(reply.text.length).toBeGreaterThan(10)
    expect(stand.calls().at(-1)).toMatchObject({
      callId: reply.callId,
      door: 'library',
      feature: 'summarise-ticket',
      tenant: 'acme',
      user: 'u1',
      session: 's1',
      tags: ['a'],
      traceId: '0af7651916cd43dd8448eb211c80319c',
      promptHash: expect.stringMatching(/^[\da-f]{16}$/),
      cost: reply.cost,
    })
  })

  it('answers as it arrives: deltas that spell the reply, then the reply', async () => {
    const whole = await stand.seam.complete(summarise(provider), { ticket })
    const parts = await all(stand.seam.stream(summarise(provider), { ticket }))
    const last = parts.at(-1)
    expect(parts.filter(({ type }) => type === 'reply')).toHaveLength(1)
    expect(last).toMatchObject({ type: 'reply', reply: { text: whole.text, content: whole.content, cost: whole.cost } })
    expect(textIn(parts)).toBe(whole.text)
    expect(parts[0]?.type).toBe('block-start')
  })

  it('is answered by a rule or a look-up before any model, for nothing, whole and streamed', async () => {
    for (const [input, source, text] of [
      [' ', 'rule', 'There is nothing to summarise.'],
      ['4711', 'lookup', 'Order 4711 is on its way.'],
    ] as const) {
      const reply = await stand.seam.complete(summarise(provider), { ticket: input })
      expect(reply).toMatchObject({ source, text, cost: { nanoUsd: 0 }, ending: { type: 'completed' } })
      expect(reply.target).toBeUndefined()
      const parts = await all(stand.seam.stream(summarise(provider), { ticket: input }))
      expect(textIn(parts)).toBe(text)
      expect(parts.at(-1)).toMatchObject({ type: 'reply', reply: { source, text } })
      expect(stand.calls().at(-1)).toMatchObject({ source, attempts: 0, cost: { nanoUsd: 0 } })
      expect(stand.calls().at(-1)?.moments).toContainEqual(expect.objectContaining({ type: 'decided', source }))
    }
    expect(stand.simulator.log()).toEqual([])
  })

  it('stops the upstream when its reader breaks off', async () => {
    stand.simulator.setScenario({ rules: [{ fault: { type: 'stall', after: 3 } }] })
    for await (const part of stand.seam.stream(summarise(provider), { ticket })) if (part.type === 'text-delta') break
    await stand.simulator.idle()
    expect(stand.simulator.log().at(-1)).toMatchObject({ cancelled: true })
    expect(stand.calls().at(-1)).toMatchObject({ outcome: { errorCode: 'aborted' } })
    expect(stand.calls().at(-1)?.cost.nanoUsd).toBeGreaterThan(0)
  })

  it('stops at once when its caller aborts, before, at and after the first token', async () => {
    const early = AbortSignal.abort(new Error('changed my mind'))
    const before = await failure(stand.seam.complete(summarise(provider), { ticket }, { signal: early }))
    expect(before).toMatchObject({ code: 'aborted', cause: { message: 'changed my mind' } })
    expect(stand.simulator.log()).toEqual([])

    stand.simulator.setScenario({ rules: [{ fault: { type: 'no-answer' } }] })
    const controller = new AbortController()
    const waiting = stand.seam.complete(summarise(provider), { ticket }, { signal: controller.signal })
    await until(() => stand.simulator.log().length === 1)
    controller.abort()
    expect((await failure(waiting)).code).toBe('aborted')
    await stand.simulator.idle()
    expect(stand.simulator.log().at(-1)).toMatchObject({ cancelled: true })

    stand.simulator.setScenario({ rules: [{ fault: { type: 'stall', after: 3 } }] })
    const midway = new AbortController()
    const read = async () => {
      for await (const part of stand.seam.stream(summarise(provider), { ticket }, { signal: midway.signal })) {
        if (part.type === 'text-delta') midway.abort()
        if (part.type === 'reply') expect.unreachable('It ended.')
      }
    }
    const error = await failure(read())
    expect(error.code).toBe('aborted')
    expect(error.arrived?.content).toEqual([
      expect.objectContaining({ type: 'text', text: expect.stringMatching(/./) }),
    ])
    await stand.simulator.idle()
    expect(stand.simulator.log().at(-1)).toMatchObject({ cancelled: true })
  })

  it('makes many calls at once, each on the record and the books equal to the bill', async () => {
    const before = stand.calls().length
    const texts = Array.from({ length: 60 }, (_, index) => `Parcel ${index} has not come.`)
    const replies = await Promise.all(
      texts.map(async (text, index) => {
        if (index % 2 === 0) return stand.seam.complete(summarise(provider), { ticket: text })
        const parts = await all(stand.seam.stream(summarise(provider), { ticket: text }))
        const last = parts.at(-1)
        return last?.type === 'reply' ? last.reply : expect.unreachable('It has no end.')
      }),
    )
    expect(new Set(replies.map(({ callId }) => callId)).size).toBe(60)
    replies.forEach((reply, index) => {
      expect(reply.text).toContain(String(index))
    })
    expect(stand.calls()).toHaveLength(before + 60)
    const spent = replies.reduce((sum, { cost }) => sum + (cost.nanoUsd ?? Number.NaN), 0)
    expect(spent).toBe(stand.simulator.invoice().totals.costNanoUsd)
  })

  it('is answered from the cache where the alias opted in: free, the same, deltas and all', async () => {
    const model = `cached-${provider}`
    const first = await stand.seam.complete(summarise(model), { ticket }, { user: 'one' })
    const second = await stand.seam.complete(summarise(model), { ticket }, { user: 'two' })
    expect(first.source).toBe('provider')
    expect(second).toMatchObject({ source: 'cache', text: first.text, cost: { nanoUsd: 0 } })
    expect(second.callId).not.toBe(first.callId)
    const streamed = await all(stand.seam.stream(summarise(model), { ticket }))
    const replayed = await all(stand.seam.stream(summarise(model), { ticket }))
    expect(deltasIn(replayed)).toEqual(deltasIn(streamed))
    expect(replayed.at(-1)).toMatchObject({ type: 'reply', reply: { source: 'cache', cost: { nanoUsd: 0 } } })
    expect(linesOf()).toHaveLength(2)
    expect(
      stand
        .calls()
        .slice(-4)
        .map(({ cache }) => cache),
    ).toEqual(['miss', 'hit', 'miss', 'hit'])
    const strange = await stand.seam.complete(summarise(model), { ticket }, { tenant: 'another' })
    expect(strange.source).toBe('provider')
  })

  it('shares one upstream call among identical ones in flight, and one of them pays', async () => {
    stand.simulator.setScenario({ rules: [{ pace: { firstTokenMs: 20 } }] })
    const calls = Array.from({ length: 8 }, () => stand.seam.complete(summarise(`shared-${provider}`), { ticket }))
    const replies = await Promise.all(calls)
    expect(linesOf()).toHaveLength(1)
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1)
    expect(replies.map(({ source }) => source).sort()).toEqual([...Array<string>(7).fill('coalesced'), 'provider'])
    expect(replies.reduce((sum, { cost }) => sum + (cost.nanoUsd ?? Number.NaN), 0)).toBe(linesOf()[0]?.costNanoUsd)
  })

  it('sends what the prompt holds: instructions, words, pictures and documents', async () => {
    const look = feature({
      name: 'look',
      model: provider,
      system: prompt`Describe pictures.`,
      maxOutputTokens: 40,
      stop: ['END'],
      prompt: (name: string) =>
        prompt`What is ${name}?${{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }}Be brief.`,
    })
    const { losses } = await stand.seam.complete(look, 'this')
    const sent = JSON.stringify(stand.simulator.log().at(-1)?.body)
    // Bedrock fetches nothing: it is left out, and named.
    const isFetched = provider !== 'simulator-bedrock'
    expect(losses.map(({ effect }) => effect)).toEqual(isFetched ? [] : ['dropped'])
    const link = isFetched ? ['https://example.com/a.png'] : []
    for (const part of ['Describe pictures.', '<input id=\\"1\\">\\nthis\\n</input>', ...link]) {
      expect(sent).toContain(part)
    }
    expect(sent).toContain('Be brief.')
    expect(sent).toContain('"END"')
    expect(sent).toContain('40')
  })
})

it('keeps no answer that was cut', async () => {
  for (let time = 0; time < 2; time++) {
    const reply = await stand.seam.complete(summarise('cached-limited'), { ticket })
    expect(reply).toMatchObject({ source: 'provider', ending: { type: 'truncated', by: 'max-tokens' } })
  }
  expect(linesOf()).toHaveLength(2)
})

it('gives an answer that was cut, or refused, for what it is', async () => {
  expect(await stand.seam.complete(summarise('limited'), { ticket })).toMatchObject({
    ending: { type: 'truncated', by: 'max-tokens' },
  })
  stand.simulator.setScenario({ rules: [{ reply: { refusal: 'No.' } }] })
  for (const provider of providers) {
    expect(await stand.seam.complete(summarise(provider), { ticket })).toMatchObject({ ending: { type: 'refused' } })
  }
})

describe('what is wrong with a feature or its input', () => {
  const features = {
    'input-invalid': summarise('simulator'),
    'prompt-failed': feature({
      name: 'broken',
      model: 'simulator',
      prompt: () => {
        throw new Error('no template')
      },
    }),
    'decision-failed': feature({
      name: 'broken',
      model: 'simulator',
      decide: [
        lookup('table', () => {
          throw new Error('no table')
        }),
      ],
      prompt: () => prompt`Hello.`,
    }),
    'unknown-model': feature({ name: 'lost', model: 'nowhere', prompt: () => prompt`Hello.` }),
  } as const

  it.each(Object.entries(features))('is a typed error, on the record and for nothing: %s', async (code, broken) => {
    const before = stand.calls().length
    const input = { ticket: 'x'.repeat(1_000) }
    const error = await failure(stand.seam.complete(broken as (typeof features)['input-invalid'], input))
    expect(error.code).toBe(code)
    expect(error.fix).not.toBe('')
    const streamed = await failure(all(stand.seam.stream(broken as (typeof features)['input-invalid'], input)))
    expect(streamed.code).toBe(code)
    expect(stand.calls().slice(before)).toEqual([
      expect.objectContaining({
        feature: broken.name,
        streamed: false,
        outcome: expect.objectContaining({ errorCode: code }),
      }),
      expect.objectContaining({
        feature: broken.name,
        streamed: true,
        outcome: expect.objectContaining({ errorCode: code }),
      }),
    ])
    expect(stand.simulator.log()).toEqual([])
  })

  it('names each path of the input, and not what stands there', async () => {
    const error = await failure(stand.seam.complete(summarise('simulator'), { ticket: 'secret'.repeat(100) }))
    expect(error.message).toMatch(/"summarise-ticket".*ticket: /)
    expect(error.message).not.toContain('secret')
  })

  it('is the schema’s failure where the schema throws', async () => {
    const schema = z.string().refine(() => {
      throw new Error('the database of names is down')
    })
    const broken = feature({
      name: 'greet',
      model: 'simulator',
      input: schema,
      prompt: (name) => prompt`Greet ${name}.`,
    })
    expect(await failure(stand.seam.complete(broken, 'Ada'))).toMatchObject({
      code: 'input-invalid',
      message: expect.stringMatching(/"greet".*the database of names is down/),
    })
  })

  it('is the prompt’s failure where it writes no prompt', async () => {
    for (const written of ['Hello.', undefined, Promise.resolve(prompt`Hello.`), {}]) {
      const broken = feature({ name: 'greet', model: 'simulator', prompt: () => written as never })
      expect(await failure(stand.seam.complete(broken, undefined))).toMatchObject({
        code: 'prompt-failed',
        fix: expect.stringContaining('prompt`'),
      })
    }
  })
})

describe('time', () => {
  it('ends a call at its caller’s limit, and at the alias’s where that is shorter', async () => {
    for (const [timeoutMs, limit] of [
      [500, '500'],
      [60_000, '8,000'],
    ] as const) {
      const clock = createVirtualClock()
      await using timed = await openStand({
        aliases: [alias('slow', ['simulator/sim-small+no-answer'])],
        seam: { clock },
      })
      const call = failure(timed.seam.complete(summarise('slow'), { ticket }, { timeoutMs }))
      await until(() => timed.simulator.log().length === 1)
      await clock.advance(timeoutMs)
      const error = await call
      expect(error).toMatchObject({ code: 'deadline-exceeded', message: expect.stringContaining(`${limit} ms`) })
      expect(error.arrived?.cost.status).toBe('estimated')
      await timed.simulator.idle()
      expect(timed.simulator.log().at(-1)).toMatchObject({ cancelled: true })
      expect(clock.pending).toBe(0)
    }
  })
})

describe('a reload', () => {
  const chunk = (content: string, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`

  it('moves the calls to come; those in flight end where they are, tries and fallbacks included', async () => {
    await using upstream = await startRawUpstream()
    const broken = alias('moving', ['raw-openai-chat/old', 'raw-openai-chat/spare'], {
      retry: { attempts: 2, baseMs: 1, capMs: 1 },
    })
    await using moved = await openStand({ aliases: [broken], config: withRawUpstream(upstream.url) })
    const asked = () => upstream.received.map(({ body }) => JSON.parse(body).model)
    const pending: (() => void)[] = []
    upstream.respond = (response, { body }) => {
      const { model } = JSON.parse(body)
      response.writeHead(model === 'old' ? 500 : 200, {
        'content-type': model === 'old' ? 'application/json' : 'text/event-stream',
      })
      if (model === 'old') pending.push(() => response.end('{"error":{"message":"no"}}'))
      else {
        response.write(chunk('Hello'))
        pending.push(() => response.end(`${chunk(' there', 'stop')}data: [DONE]\n\n`))
      }
    }
    const next = async () => {
      await until(() => pending.length > 0)
      pending.shift()?.()
    }
    const parts = all(moved.seam.stream(summarise('moving'), { ticket }))
    await until(() => pending.length === 1)

    moved.seam.reload({
      ...moved.config,
      providers: moved.config.providers.filter(({ name }) => !name.startsWith('raw')),
      aliases: [alias('moving', ['simulator/sim-small'])],
    })
    expect(await moved.seam.complete(summarise('moving'), { ticket })).toMatchObject({ target: 'simulator/sim-small' })
    expect(asked()).toEqual(['old'])
    await next()
    await next()
    await next()
    expect((await parts).at(-1)).toMatchObject({
      type: 'reply',
      reply: { text: 'Hello there', target: 'raw-openai-chat/spare' },
    })
    expect(asked()).toEqual(['old', 'old', 'spare'])
    const gone = feature({ name: 'gone', model: 'raw-openai-chat/old', prompt: () => prompt`Hello.` })
    expect((await failure(moved.seam.complete(gone, undefined))).code).toBe('unknown-model')
  })

  it('leaves no connection of the old configuration open once its last call has ended', async () => {
    await using upstream = await startRawUpstream()
    await using moved = await openStand({ config: withRawUpstream(upstream.url) })
    const greet = feature({ name: 'greet', model: 'raw-openai-chat/m', prompt: () => prompt`Hello.` })
    let socketClosed: Promise<unknown> | undefined
    let finish = () => {}
    upstream.respond = (response) => {
      socketClosed = once(response.req.socket, 'close')
      finish = () =>
        response.end('{"id":"c","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}')
    }
    const call = moved.seam.complete(greet, undefined)
    await until(() => socketClosed !== undefined)
    moved.seam.reload(moved.config)
    finish()
    expect((await call).text).toBe('Hi')
    await socketClosed
  })
})

it('closes once what is in flight has ended', async () => {
  const closing = await openStand({ simulator: { pace: { firstTokenMs: 20 } } })
  const call = closing.seam.complete(summarise('simulator/sim-small'), { ticket })
  await until(() => closing.simulator.log().length === 1)
  const closed = closing.seam.close()
  expect((await call).ending.type).toBe('completed')
  await closed
  await closing[Symbol.asyncDispose]()
})
