import { readFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import type { CallContent } from '../src/core/event.ts'
import { redact } from '../src/providers/redact.ts'
import { callContent, maxContentBytes } from '../src/stages/call-content.ts'
import { openEventStore } from '../src/stores/sqlite/index.ts'
import { doors, send } from './raw-client.ts'
import { type Respond, startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, openStand, type Stand } from './stand.ts'

const dialects = ['openai-chat', 'anthropic-messages'] as const
const canary = /canary/
const providerKey = 'provider-key-canary-7361'
const providerHeader = 'tenant-token-canary-0815'
const gatewayKey = 'gateway-key-canary-4242'
const gossip = `Keys: ${providerKey}, ${providerHeader}, ${gatewayKey}.`
const redacted = 'Keys: [redacted], [redacted], [redacted].'

let stands: AsyncDisposableStack
afterEach(() => stands.disposeAsync())

/** A stand whose events keep content, before providers that answer with what they should not know. */
async function open(
  change: Parameters<typeof openStand>[0] = {},
): Promise<{ readonly stand: Stand; respond(how: Respond): void }> {
  stands = new AsyncDisposableStack()
  const upstream = stands.use(await startRawUpstream())
  const withRaw = withRawUpstream(upstream.url, { headers: { 'x-tenant-token': providerHeader } })
  const keys = [{ name: 'shop', key: gatewayKey }]
  const once = { retry: { attempts: 1, baseMs: 1, capMs: 1 } }
  const stand = stands.use(
    await openStand({
      aliases: dialects.map((dialect) => alias(`to-${dialect}`, [`raw-${dialect}/m`], once)),
      config: (config) => withRaw({ ...config, gateway: { ...config.gateway, keys } }),
      gateway: { keys },
      ...change,
    }),
  )
  const respond = (how: Respond) => {
    upstream.respond = how
  }
  return { stand, respond }
}

const ask = (stand: Stand, dialect: (typeof dialects)[number], body: object) =>
  send(stand.gateway, {
    path: doors[dialect],
    headers: { authorization: `Bearer ${gatewayKey}` },
    body: JSON.stringify({ max_tokens: 50, ...body }),
  })

const spoken = {
  'openai-chat': (text: string) => ({
    id: 'c',
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
  }),
  'anthropic-messages': (text: string) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1, output_tokens: 1 },
  }),
}

/** The text in pieces that cut each secret in two. */
const frames = {
  'openai-chat': (text: string, ends: boolean) => [
    ...(text.match(/.{1,7}/g) ?? []).map((content) => ({ id: 'c', choices: [{ index: 0, delta: { content } }] })),
    ...(ends ? [{ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }] : []),
  ],
  'anthropic-messages': (text: string, ends: boolean) => [
    {
      type: 'message_start',
      message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage: {} },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...(text.match(/.{1,7}/g) ?? []).map((piece) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: piece },
    })),
    ...(ends
      ? [
          { type: 'content_block_stop', index: 0 },
          { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
          { type: 'message_stop' },
        ]
      : []),
  ],
}

const asJson =
  (body: unknown): Respond =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
const asStream =
  (events: readonly object[]): Respond =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of events) {
      const name = 'type' in event ? `event: ${String(event.type)}\n` : ''
      response.write(`${name}data: ${JSON.stringify(event)}\n\n`)
    }
    response.end()
  }

const question = { role: 'user', content: `My keys are ${gossip}` }
const asked = [{ role: 'user', content: [{ type: 'text', text: `My keys are ${redacted}` }] }]
const answered = [{ type: 'text', text: redacted }]
const ways = dialects.flatMap((dialect) =>
  dialects.flatMap((target) => [false, true].map((stream) => ({ dialect, target, stream }))),
)

describe('a call whose content is kept', () => {
  it.each(ways)(
    'has what was asked and answered: $dialect to $target, streamed $stream',
    async ({ dialect, target, stream }) => {
      const { stand, respond } = await open()
      respond(stream ? asStream(frames[target](gossip, true)) : asJson(spoken[target](gossip)))
      const response = await ask(stand, dialect, { model: `to-${target}`, stream, messages: [question] })
      expect(response.status).toBe(200)
      expect((await stand.callEnded()).content).toEqual({ messages: asked, answer: answered, isCut: false })
    },
  )

  it.each(ways.filter(({ stream }) => stream))(
    'has what had arrived of a stream that broke: $dialect to $target',
    async ({ dialect, target, stream }) => {
      const { stand, respond } = await open()
      respond(asStream(frames[target](gossip, false)))
      await ask(stand, dialect, { model: `to-${target}`, stream, messages: [question] })
      const event = await stand.callEnded()
      expect(event.outcome.ending).toBe('error')
      expect(event.content).toEqual({ messages: asked, answer: answered, isCut: false })
    },
  )

  it.each(dialects)('has what was asked where nothing was answered: %s', async (dialect) => {
    const { stand, respond } = await open()
    respond((response) => response.writeHead(500).end(gossip))
    await ask(stand, dialect, { model: `to-${dialect}`, messages: [question] })
    expect((await stand.callEnded()).content).toEqual({ messages: asked, isCut: false })
  })

  it('has nothing where the request could not be read', async () => {
    const { stand } = await open()
    await ask(stand, 'openai-chat', { model: 'fast', messages: gossip })
    const event = await stand.callEnded()
    expect(event.outcome.errorCode).toBe('invalid-request')
    expect(event.content).toBeUndefined()
  })

  it('has what was passed on when its reader left', async () => {
    const { stand } = await open({ simulator: { pace: { tokenMs: 5 } } })
    const reading = stand.seam.run(
      stand.seam.begin({
        model: 'fast',
        request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Tell me a story.' }] }], stream: true },
      }),
    )
    for (;;) {
      const { value } = await reading.next()
      if (value && 'type' in value && value.type === 'text-delta') break
    }
    await reading.return(undefined as never)
    const { content, outcome } = await stand.callEnded()
    expect(outcome.errorCode).toBe('aborted')
    expect(content?.answer).toEqual([{ type: 'text', text: expect.stringMatching(/\w/) }])
  })

  it('is at most 64 KiB of it, with notes in place of pictures', async () => {
    const { stand, respond } = await open()
    respond(asJson(spoken['anthropic-messages'](`${'y'.repeat(200_000)}`)))
    const data = 'QUJD'.repeat(20_000)
    const messages = [
      { role: 'user', content: [{ type: 'text', text: 'z'.repeat(300_000) }] },
      { role: 'assistant', content: 'Go on.' },
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
          { type: 'text', text: 'What is this?' },
        ],
      },
    ]
    await ask(stand, 'anthropic-messages', { model: 'to-anthropic-messages', messages })
    const { content } = await stand.callEnded()
    expect(content?.isCut).toBe(true)
    expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThanOrEqual(maxContentBytes)
    expect(content?.messages.at(-1)?.content).toEqual([
      { type: 'text', text: '[image: image/png, 60,000 bytes]' },
      { type: 'text', text: 'What is this?' },
    ])
  })
})

it('is not kept where the configuration does not say so', async () => {
  const { stand, respond } = await open({
    config: (config) => ({ ...config, events: { ...config.events, keepContent: false } }),
  })
  respond(asJson(spoken['openai-chat'](gossip)))
  await ask(stand, 'openai-chat', { model: 'fast', messages: [question] })
  expect((await stand.callEnded()).content).toBeUndefined()
})

it('begins and ends to be kept with a reload', async () => {
  const { stand } = await open()
  const contents: (CallContent | undefined)[] = []
  for (const keepContent of [false, true]) {
    stand.seam.reload({ ...stand.config, events: { ...stand.config.events, keepContent } })
    await stand.openai.chat.completions.create({ model: 'fast', messages: [{ role: 'user', content: 'Hello.' }] })
    contents.push(stand.calls().at(-1)?.content)
  }
  expect(contents).toEqual([undefined, expect.objectContaining({ isCut: false })])
})

it('no secret stands in any table of the record, nor anywhere in its file', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'inseam-content-'))
  const path = join(folder.path, 'events.db')
  const { stand, respond } = await open({ seam: { events: await openEventStore({ path }) } })
  for (const { dialect, target, stream } of ways) {
    respond(stream ? asStream(frames[target](gossip, true)) : asJson(spoken[target](gossip)))
    await ask(stand, dialect, { model: `to-${target}`, stream, messages: [question] })
    respond(stream ? asStream(frames[target](gossip, false)) : (response) => response.writeHead(500).end(gossip))
    await ask(stand, dialect, { model: `to-${target}`, stream, messages: [question] })
  }
  await stands.disposeAsync()
  using database = new DatabaseSync(path, { readOnly: true })
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  const rows = tables.map(({ name }) => database.prepare(`SELECT * FROM "${name}"`).all())
  const kept = JSON.stringify(rows)
  expect(kept.includes(redacted)).toBe(true)
  expect(kept.match(canary)).toBeNull()
  expect(readFileSync(path, 'latin1').match(canary)).toBeNull()
})

it('no part of a secret is kept that the end of a label cuts in two', () => {
  const label = `${'x'.repeat(190)}${providerKey}`
  const answer = [{ type: 'tool-call', id: label, name: label, input: label } as const]
  const content = callContent({ messages: [], answer, redact: (text) => redact(text, [providerKey]) })
  expect(content.answer).toMatchObject([{ id: expect.stringMatching(/^x+\[redacted\]…$/) }])
  expect(JSON.stringify(content)).not.toContain('provider')
})
