import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect } from '../../src/core/collect.ts'
import { type ClientDialect, clientDialects } from '../../src/core/dialect.ts'
import type { Block, ThinkingBlock } from '../../src/core/message.ts'
import { deltasOf } from '../../src/core/replay.ts'
import type { Reply } from '../../src/core/reply.ts'
import { codecs } from '../../src/wire/codecs.ts'
import { openThought, sealThought } from '../../src/wire/sealed-thought.ts'
import { readSse } from '../../src/wire/sse.ts'
import { asks, type Json, proofs, replyOf, sentBack } from './translate.ts'

const keepers = clientDialects.filter((dialect) => dialect !== 'openai-chat')
const signers = ['anthropic-messages', 'openai-responses', 'gemini'] as const
const answer = { callId: 'call_01', model: 'm', created: 0, includeUsage: true }
const context = { target: 'lab/m', quirks: {} }

const words = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.trim() !== '')
/** No signature is part of another, or of anything else. */
const signature = fc.uuid().map((id) => `sig-${id}`)

function thoughts(dialect: (typeof signers)[number]): fc.Arbitrary<ThinkingBlock> {
  const signed = fc.record({
    type: fc.constant('thinking' as const),
    text: words,
    dialect: fc.constant(dialect),
    signature,
  })
  const hidden = signature.map((redacted): ThinkingBlock => ({ type: 'thinking', text: '', dialect, redacted }))
  return dialect === 'gemini' ? signed : fc.oneof(signed, hidden)
}

const call = (id: string, thoughtSignature?: string): Block => ({
  type: 'tool-call',
  id,
  name: 'look',
  input: '{"at":1}',
  ...(thoughtSignature && { extras: { dialect: 'gemini', fields: { thoughtSignature } } }),
})

/** What a provider answers: thoughts, words, and calls, the first of Gemini's signed. */
function answers(dialect: (typeof signers)[number]): fc.Arbitrary<Block[]> {
  return fc
    .tuple(
      fc.array(
        fc.oneof(
          thoughts(dialect),
          words.map((text): Block => ({ type: 'text', text })),
        ),
        { maxLength: 4 },
      ),
      signature,
    )
    .map(([said, proof]) => [...said, call('a', dialect === 'gemini' ? proof : undefined), call('b')])
}

function request(client: ClientDialect, content: readonly Block[]): Json {
  const reply = replyOf({
    id: 'r',
    model: 'm',
    content,
    ending: { type: 'completed', by: 'tool-calls' },
    rawStop: '',
    usage: null,
  })
  return {
    whole: sentBack(client, codecs[client].encodeReply(reply, answer).body),
    streamed: streamedBack(client, reply),
  }
}

function streamed(client: ClientDialect, reply: Reply): string {
  const encoder = codecs[client].encodeStream(answer)
  let text = ''
  for (const delta of deltasOf(reply.content)) text += encoder.push(delta)
  return text + encoder.end(reply)
}

/** What a client sends back that has put a stream together. */
function streamedBack(client: ClientDialect, reply: Reply): Json {
  const codec = codecs[client]
  const decoder = codec.decodeStream(context)
  const collector = collect()
  for (const event of readSse('lab/m').push(new TextEncoder().encode(streamed(client, reply)))) {
    for (const delta of decoder.push(event)) collector.add(delta)
  }
  const user = { role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }
  const messages = [user, { role: 'assistant' as const, content: collector.content() }, user]
  return codec.encodeRequest({ messages, maxOutputTokens: 100, stream: false }, 'm', {}, client).body
}

const pairs = signers.flatMap((from) => keepers.filter((client) => client !== from).map((client) => ({ from, client })))

describe.each(pairs)('what $from thought, kept by a client of $client', ({ from, client }) => {
  it.each(['whole', 'streamed'] as const)('goes back to it as it came, and to no other (%s)', (way) => {
    fc.assert(
      fc.property(answers(from), (content) => {
        const asked = codecs[client].decodeRequest(JSON.parse(JSON.stringify(request(client, content)[way])))
        const signatures = proofs(content).map(([, , proof]) => proof)
        for (const to of clientDialects) {
          const { body, losses } = codecs[to].encodeRequest(asked, 'm', {}, client)
          const sent = JSON.stringify(body)
          const found = signatures.filter((one) => sent.includes(one))
          expect(found, to).toEqual(to === from ? signatures : [])
          expect(sent, to).not.toContain('aW5zZWFtLj')
          if (to !== from && signatures.length > 0) expect(losses.length, to).toBeGreaterThan(0)
          if (to === from)
            expect(proofs(codecs[to].decodeRequest(body).messages.flatMap((m) => m.content))).toEqual(proofs(content))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('is taken out of the bytes of the client’s own for its own provider, and named', () => {
    const content: Block[] = [
      { type: 'thinking', text: 'Hm.', dialect: from, signature: 'proof' },
      { type: 'text', text: 'Yes.' },
    ]
    const body = JSON.stringify(request(client, content).whole)
    const passed = codecs[client].passRequest(body, 'm', codecs[client].decodeRequest(JSON.parse(body)), {})
    expect(passed.losses).toHaveLength(1)
    expect(passed.body).not.toContain('aW5zZWFtLj')
    expect(passed.body).not.toContain('Hm.')
    expect(passed.body).toContain('Yes.')
  })
})

it('Gemini’s signature of a call stands where Google has it for a client of Chat Completions, and comes back', () => {
  const body = request('openai-chat', [call('a', 'proof'), call('b')])
  for (const way of ['whole', 'streamed'] as const) {
    const asked = codecs['openai-chat'].decodeRequest(JSON.parse(JSON.stringify(body[way])))
    expect(JSON.stringify(codecs.gemini.encodeRequest(asked, 'gemini-3-pro', {}, 'openai-chat').body)).toContain(
      '"thoughtSignature":"proof"',
    )
    expect(
      JSON.stringify(codecs['anthropic-messages'].encodeRequest(asked, 'm', {}, 'openai-chat').body),
    ).not.toContain('proof')
  }
  expect(body.whole.messages[1].tool_calls[0].extra_content.google.thought_signature).toEqual(expect.any(String))
  const passed = codecs['openai-chat'].passRequest(
    JSON.stringify(body.whole),
    'm',
    codecs['openai-chat'].decodeRequest(body.whole),
    {},
  )
  expect(passed.body).not.toContain('extra_content')
  expect(passed.losses?.map(({ path }) => path)).toEqual(['messages[1].tool_calls[0].extra_content'])
})

it('calls of another provider are signed for a client of Gemini’s own that goes to Google with them', () => {
  const content: Block[] = [
    { type: 'thinking', text: 'Hm.', dialect: 'anthropic-messages', signature: 'proof' },
    call('a'),
  ]
  const body = JSON.stringify(request('gemini', content).whole)
  const passed = codecs.gemini.passRequest(body, 'gemini-3-pro', codecs.gemini.decodeRequest(JSON.parse(body)), {})
  expect(JSON.parse(passed.body).contents[1].parts).toEqual([
    { functionCall: expect.objectContaining({ name: 'look' }), thoughtSignature: 'skip_thought_signature_validator' },
  ])
})

it('a thought that nobody signed has a signature for a client of Anthropic’s, whole and streamed', () => {
  const content: Block[] = [
    { type: 'thinking', text: 'Hm.', dialect: 'openai-chat' },
    { type: 'text', text: 'Yes.' },
  ]
  const body = request('anthropic-messages', content)
  for (const way of ['whole', 'streamed'] as const) {
    expect(body[way].messages[1].content[0]).toMatchObject({
      type: 'thinking',
      thinking: 'Hm.',
      signature: expect.any(String),
    })
    const [, said] = codecs['anthropic-messages'].decodeRequest(body[way]).messages
    expect(said?.content[0]).toEqual(content[0])
  }
})

it('a seal that is broken, too long or of another version is a thought without a signature, and named', () => {
  const seal = sealThought({ type: 'thinking', text: '', dialect: 'gemini', signature: 'proof' })
  const other = Buffer.from('inseam.2.{}').toString('base64')
  const broken = [seal.slice(0, -9), `${seal.slice(0, 12)}!`, other, seal + 'A'.repeat(5 * 2 ** 20)]
  for (const signature of broken) {
    const messages = [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature },
          { type: 'text', text: 'Yes.' },
        ],
      },
      { role: 'user', content: 'Hi' },
    ]
    const asked = codecs['anthropic-messages'].decodeRequest(asks['anthropic-messages']({ messages }))
    expect(asked.messages[1]?.content[0]).toEqual({ type: 'thinking', text: 'Hm.', dialect: 'anthropic-messages' })
    const { body, losses } = codecs.gemini.encodeRequest(asked, 'm', {}, 'anthropic-messages')
    expect(JSON.stringify(body)).not.toContain('Hm.')
    expect(losses.map(({ path }) => path)).toEqual(['messages[1].content[0]'])
  }
})

it('whatever is forged opens to a thought or to nothing, and never throws', () => {
  const mark = Buffer.from('inseam.1.').toString('base64')
  const forged = fc.oneof(
    fc.string().map((text) => mark + text),
    fc.json().map((json) => Buffer.from(`inseam.1.${json}`).toString('base64')),
    fc
      .record(
        { dialect: fc.constantFrom('gemini', 'x', 1), signature: fc.anything(), fields: fc.anything() },
        { requiredKeys: [] },
      )
      .map((said) => Buffer.from(`inseam.1.${JSON.stringify(said)}`).toString('base64')),
  )
  fc.assert(
    fc.property(forged, (seal) => {
      const { type, signature, redacted, extras } = openThought(seal) ?? { type: 'thinking' }
      expect(type).toBe('thinking')
      for (const value of [signature, redacted]) expect(['string', 'undefined']).toContain(typeof value)
      for (const value of Object.values(extras?.fields ?? {})) expect(typeof value).toBe('string')
    }),
  )
})
