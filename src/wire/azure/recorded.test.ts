import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import { inputTokens, outputTokens } from '../../core/usage.ts'
import type { Codec } from '../codec.ts'
import { openaiChat } from '../openai-chat/index.ts'
import { openaiResponses } from '../openai-responses/index.ts'
import { readSse } from '../sse.ts'

const context = { target: 'azure/mine', quirks: {} }

function read(codec: Codec, text: string) {
  const reader = readSse(context.target)
  const decoder = codec.decodeStream(context)
  const content = collect()
  for (const event of reader.push(new TextEncoder().encode(text)))
    for (const delta of decoder.push(event)) content.add(delta)
  return { ...decoder.finish(), content: content.content() }
}
const framed = (chunks: readonly object[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')

const safe = { hate: { filtered: false, severity: 'safe' }, violence: { filtered: false, severity: 'safe' } }
const head = { id: 'chatcmpl-1', created: 1, model: 'gpt-5.4-mini-2026-03-17', object: 'chat.completion.chunk' }
const chunk = (delta: object, finish_reason: string | null, found: object = {}) => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason, logprobs: null, content_filter_results: found }],
})
const opening = { ...head, id: '', model: '', object: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] }
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }

describe('a stream of Azure', () => {
  it('says what its model says, filter reports before, between and after it included', () => {
    const offsets = { check_offset: 1, start_offset: 1, end_offset: 2 }
    const report = (found: object) => ({
      ...head,
      choices: [
        { index: 0, delta: {}, finish_reason: null, content_filter_results: found, content_filter_offsets: offsets },
      ],
    })
    const reply = read(
      openaiChat,
      `${framed([
        opening,
        chunk({ role: 'assistant', content: '' }, null),
        chunk({ content: 'Good ' }, null, safe),
        report(safe),
        chunk({ content: 'day.' }, null, safe),
        chunk({}, 'stop'),
        report(safe),
        { ...head, choices: [], usage },
      ])}data: [DONE]\n\n`,
    )
    expect(reply).toMatchObject({
      id: 'chatcmpl-1',
      model: 'gpt-5.4-mini-2026-03-17',
      content: [{ type: 'text', text: 'Good day.' }],
      ending: { type: 'completed', by: 'end' },
      usage: { inputUncached: 5, outputText: 2 },
    })
  })

  it('was filtered where it says so, and by what', () => {
    const found = { ...safe, violence: { filtered: true, severity: 'high' } }
    const reply = read(
      openaiChat,
      framed([opening, chunk({ role: 'assistant', content: 'Go' }, null), chunk({}, 'content_filter', found)]),
    )
    expect(reply.ending).toEqual({ type: 'refused', by: 'content-filter', details: found })
  })
})

describe('an error of Azure', () => {
  const decode = (status: number, error: object, headers = {}) =>
    openaiChat.decodeError({ status, headers, body: JSON.stringify({ error }) }, context)

  it.each([
    [
      'content-blocked',
      400,
      {
        code: 'content_filter',
        type: null,
        param: 'prompt',
        message: 'Filtered.',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: safe },
      },
    ],
    ['model-not-found', 404, { code: 'DeploymentNotFound', message: 'The API deployment does not exist.' }],
    ['model-not-found', 404, { code: '404', message: 'Resource not found' }],
    ['credential-rejected', 401, { code: '401', message: 'Access denied due to invalid subscription key.' }],
    [
      'credential-rejected',
      401,
      { code: 'PermissionDenied', message: 'The principal lacks the required data action.' },
    ],
    ['rate-limited', 429, { code: '429', message: 'Requests have exceeded the token rate limit.' }],
    ['quota-exhausted', 429, { code: 'insufficient_quota', type: 'insufficient_quota', message: 'No quota.' }],
    ['server-error', 500, { code: 'InternalServerError', message: 'Failed.' }],
    ['context-exceeded', 400, { code: 'context_length_exceeded', type: 'invalid_request_error', message: 'Long.' }],
  ])('means %s with status %i', (code, status, error) => {
    expect(decode(status, error).code).toBe(code)
  })

  it('says how long to wait, and what it is called where help is asked for', () => {
    const headers = { 'retry-after-ms': '1500', 'retry-after': '2', 'apim-request-id': 'apim-1' }
    expect(decode(429, { code: '429', message: 'Slow down.' }, headers)).toMatchObject({
      retryAfterMs: 1500,
      requestId: 'apim-1',
    })
    const unknown = { 'retry-after-ms': '-1', 'retry-after': '0' }
    expect(decode(429, { code: '429', message: 'Slow down.' }, unknown).retryAfterMs).toBeUndefined()
  })
})

/** Answers that Azure gave. They lie beside the repository, where it has them. */
const beside = '../../../../shared/data/wire/'
const place = new URL(beside, import.meta.url)
const folder = new URL('azure/', place)
const files = existsSync(folder) ? readdirSync(folder) : []
const load = (file: string) => readFileSync(new URL(file, folder), 'utf8')

describe.skipIf(files.length === 0)('the recorded answers of Azure (../shared/data/wire/azure)', () => {
  it.each(files.filter((file) => file.endsWith('.json')))('%s is read', (file) => {
    const body = JSON.parse(load(file))
    const reply = openaiResponses.decodeReply(body, context)
    expect(reply.ending.type).toBe('completed')
    expect(inputTokens(reply.usage!) + outputTokens(reply.usage!)).toBe(body.usage.total_tokens)
  })

  it.each(files.filter((file) => file.endsWith('.chunks.txt')))('%s is read', (file) => {
    const events = load(file)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line))
    const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
    const reply = read(openaiResponses, text)
    expect(reply.ending.type).toBe('completed')
    expect(reply.content.length).toBeGreaterThan(0)
    expect(inputTokens(reply.usage!) + outputTokens(reply.usage!)).toBe(events.at(-1).response.usage.total_tokens)
  })
})

const routed = new URL('openai/chat/azure-model-router.1.chunks.txt', place)

it.skipIf(!existsSync(routed))(
  "the recorded stream of Azure's model router is read (../shared/data/wire/openai)",
  () => {
    const lines = readFileSync(routed, 'utf8').split('\n')
    const text = lines.filter((line) => line.trim() !== '').map((line) => `data: ${line}\n\n`)
    const reply = read(openaiChat, text.join(''))
    expect(reply).toMatchObject({ model: 'gpt-5-nano-2025-08-07', ending: { type: 'completed' } })
    expect(reply.usage).toMatchObject({ outputReasoning: 64, outputText: 14, inputUncached: 15 })
  },
)
