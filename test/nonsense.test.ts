import { inspect } from 'node:util'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { defaultConfig } from '../src/config.ts'
import { type ClientDialect, clientDialects } from '../src/core/dialect.ts'
import { usageParts } from '../src/core/usage.ts'
import { createSeam, type Seam } from '../src/create-seam.ts'
import type { ErrorCode } from '../src/errors/index.ts'
import { createMemoryCache, createMemoryEventSink } from '../src/stores/memory/index.ts'
import { ask, chunk, frame, named, part, providersOf, replies, streams, words } from './nonsense-samples.ts'
import { type Answer, chunked, type NonsenseUpstream, response, startNonsenseUpstream } from './nonsense-upstream.ts'
import { alias } from './stand.ts'

const eventStream = 'text/event-stream'
const typeOf = (stream: boolean) => (stream ? eventStream : 'application/json')
const bodyOf = (dialect: ClientDialect, stream: boolean) => (stream ? streams[dialect].join('') : replies[dialect]())
const halfOf = (dialect: ClientDialect, stream: boolean) => {
  const body = Buffer.from(bodyOf(dialect, stream))
  return body.subarray(0, body.length / 2)
}

/** How a call ends: answered in full, or with an error of this code. */
type End = 'answered' | ErrorCode

interface Nonsense {
  readonly name: string
  /** Undefined: the nonsense does not exist there. */
  answer(dialect: ClientDialect, stream: boolean): Answer | undefined
  readonly ends: End | { readonly stream: End; readonly whole: End }
  /** What the reply says; the words of the sample where nothing is stated. */
  readonly text?: string
  /** Whether its usage has to be estimated, for want of a credible one. */
  readonly isEstimated?: boolean
  /** What of it the story doubts. */
  readonly doubts?: string
}

const whole = (answer: (dialect: ClientDialect) => Answer | undefined) => (dialect: ClientDialect, stream: boolean) =>
  stream ? undefined : answer(dialect)
const streamed =
  (body: (events: readonly string[], dialect: ClientDialect) => string | Uint8Array | undefined) =>
  (dialect: ClientDialect, stream: boolean): Answer | undefined => {
    const bytes = stream ? body(streams[dialect], dialect) : undefined
    return bytes === undefined ? undefined : response(bytes, { type: eventStream, length: null })
  }
const openai = (...events: readonly string[]) =>
  streamed((_, dialect) => (dialect === 'openai-chat' ? events.join('') : undefined))
const anthropic = (...events: readonly string[]) =>
  streamed((_, dialect) => (dialect === 'anthropic-messages' ? events.join('') : undefined))

/** The sample with other counts; an undefined one is left out. */
function withUsage(dialect: ClientDialect, stream: boolean, input: unknown, output: unknown): string {
  const count = (value: unknown) => JSON.stringify({ value }).slice(9, -1)
  const put = (body: string, name: RegExp, value: unknown) =>
    body.replaceAll(name, (field) =>
      value === undefined ? `"no_${field.slice(1)}` : `${field.slice(0, field.indexOf(':'))}:${count(value)}`,
    )
  return put(
    put(bodyOf(dialect, stream), /"(?:(?:prompt|input)_tokens|promptTokenCount)":\d/g, input),
    /"(?:(?:completion|output)_tokens|candidatesTokenCount)":\d/g,
    output,
  )
}

const bomb = gzipSync(`{"id":"${'a'.repeat(1 << 25)}`)
const deep = '['.repeat(100_000) + ']'.repeat(100_000)
const errorBodies: readonly (readonly [string, string])[] = [
  ['a lower-case envelope', '{"error":{"message":"it broke","type":"server_error"}}'],
  ['an upper-case envelope', '{"Error":{"Message":"it broke"}}'],
  ['an array', '[{"error":{"message":"it broke"}}]'],
  ['a bare string', '"it broke"'],
  ['a string as the error', '{"error":"it broke"}'],
  ['an error that is an array', '{"error":["it broke"]}'],
  ['a null', 'null'],
  ['a number', '7'],
  ['nothing', ''],
  ['half an envelope', '{"error":{"message":"it br'],
  ['an envelope that is 100,000 deep', `{"error":${deep}}`],
  [
    'a type that is a property of every object',
    '{"error":{"type":"constructor","code":"__proto__","message":{"toString":1}}}',
  ],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x00]).toString('latin1')],
]

const [firstText, secondText, finish, usageFrame, done] = streams['openai-chat'].slice(1) as [
  string,
  string,
  string,
  string,
  string,
]
const [begin, openText, , saidOne, saidTwo, closeText, stopped, end] = streams['anthropic-messages'] as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
]
const startOf = (index: unknown, content_block: unknown) => named('content_block_start', { index, content_block })
const deltaOf = (index: unknown, delta: unknown) => named('content_block_delta', { index, delta })
const stopOf = (index: unknown) => named('content_block_stop', { index })
const stopFor = (reason: unknown, usage: unknown = { output_tokens: 5 }) =>
  named('message_delta', { delta: { stop_reason: reason }, usage })

const catalogue: readonly Nonsense[] = [
  // Connections and heads.
  { name: 'closes without a word', answer: () => (socket) => socket.end(), ends: 'connection-failed' },
  { name: 'resets without a word', answer: () => (socket) => socket.resetAndDestroy(), ends: 'connection-failed' },
  { name: 'speaks no HTTP', answer: () => 'SSH-2.0-OpenSSH_9.6\r\n', ends: 'connection-failed' },
  {
    name: 'states two lengths',
    answer: (dialect, stream) =>
      response(bodyOf(dialect, stream), { type: typeOf(stream), headers: ['content-length: 3'] }),
    ends: 'reply-unreadable',
  },
  {
    name: 'states a length and chunks',
    answer: (dialect, stream) =>
      response(bodyOf(dialect, stream), { type: typeOf(stream), headers: ['transfer-encoding: chunked'] }),
    ends: 'reply-unreadable',
  },
  {
    name: 'sends less than its length',
    answer: (dialect, stream) =>
      response(halfOf(dialect, stream), { type: typeOf(stream), length: bodyOf(dialect, stream).length }),
    ends: 'stream-interrupted',
  },
  {
    name: 'sends more than its length',
    answer: (dialect, stream) =>
      Buffer.concat([
        response(bodyOf(dialect, stream), { type: typeOf(stream) }),
        Buffer.from('HTTP/1.1 200 OK\r\n\r\n{"more":1}'),
      ]),
    ends: 'answered',
  },
  {
    name: 'states half its length',
    answer: (dialect, stream) =>
      response(bodyOf(dialect, stream), { type: typeOf(stream), length: halfOf(dialect, stream).length }),
    ends: { stream: 'stream-interrupted', whole: 'reply-unreadable' },
  },
  {
    name: 'states no length and closes',
    answer: (dialect, stream) => response(bodyOf(dialect, stream), { type: typeOf(stream), length: null }),
    ends: 'answered',
  },
  {
    name: 'forgets its last chunk',
    answer: (dialect, stream) => chunked([bodyOf(dialect, stream)], typeOf(stream), ''),
    ends: { stream: 'answered', whole: 'stream-interrupted' },
  },
  {
    name: 'forgets half its chunks',
    answer: (dialect, stream) => chunked([halfOf(dialect, stream)], typeOf(stream), ''),
    ends: 'stream-interrupted',
  },
  {
    name: 'states a chunk size that is no number',
    answer: (dialect, stream) => chunked([halfOf(dialect, stream)], typeOf(stream), 'zz\r\nmore\r\n0\r\n\r\n'),
    ends: 'stream-interrupted',
  },
  {
    name: 'ends with trailers',
    answer: (dialect, stream) => chunked([bodyOf(dialect, stream)], typeOf(stream), '0\r\nx-trailer: 1\r\n\r\n'),
    ends: 'answered',
  },
  {
    name: 'sends 20 KiB of headers',
    answer: (dialect, stream) =>
      response(bodyOf(dialect, stream), { type: typeOf(stream), headers: [`x-long: ${'a'.repeat(20 * 1024)}`] }),
    ends: 'reply-too-large',
  },
  {
    name: 'names its headers after properties of every object',
    answer: (dialect, stream) =>
      response(bodyOf(dialect, stream), {
        type: typeOf(stream),
        headers: ['constructor: a', '__proto__: b', 'hasownproperty: c', 'constructor: d'],
      }),
    ends: 'answered',
  },
  {
    name: 'states its content type twice',
    answer: (dialect, stream) =>
      response(bodyOf(dialect, stream), { type: typeOf(stream), headers: [`content-type: ${typeOf(stream)}`] }),
    ends: 'answered',
  },
  {
    name: 'hints early',
    answer: (dialect, stream) =>
      Buffer.concat([
        Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'),
        response(bodyOf(dialect, stream), { type: typeOf(stream) }),
      ]),
    ends: 'answered',
  },
  {
    name: 'continues what nobody asked to continue',
    answer: () => 'HTTP/1.1 100 Continue\r\n\r\n',
    ends: 'connection-failed',
  },
  {
    name: 'has no content',
    answer: () => 'HTTP/1.1 204 No Content\r\n\r\n',
    ends: 'reply-unreadable',
  },
  ...[301, 302, 303, 307, 308, 304, 300].map(
    (status): Nonsense => ({
      name: `redirects with ${status}`,
      answer: () => response('', { status, headers: ['location: http://169.254.169.254/latest'] }),
      ends: 'redirect-refused',
    }),
  ),
  ...(
    [
      [599, 'server-error'],
      [999, 'server-error'],
      [499, 'request-rejected'],
      [418, 'request-rejected'],
    ] as const
  ).map(
    ([status, ends]): Nonsense => ({ name: `answers with ${status}`, answer: () => response('?', { status }), ends }),
  ),
  ...errorBodies.flatMap(([name, body]): Nonsense[] => [
    { name: `fails with ${name}`, answer: () => response(body, { status: 500 }), ends: 'server-error' },
    { name: `slows us down with ${name}`, answer: () => response(body, { status: 429 }), ends: 'rate-limited' },
  ]),
  {
    name: 'sends an error in a 200',
    answer: () => response('{"error":{"message":"it broke","type":"overloaded_error"}}'),
    ends: 'overloaded',
  },

  // Bodies.
  {
    name: 'sends a page',
    answer: () => response('<!doctype html><title>Welcome</title>', { type: 'text/html' }),
    ends: 'reply-unreadable',
  },
  {
    name: 'sends its answer as plain text',
    answer: (dialect, stream) => response(bodyOf(dialect, stream), { type: 'text/plain' }),
    ends: 'answered',
    doubts: 'the content type text/plain',
  },
  {
    name: 'sends its answer as a page',
    answer: (dialect, stream) => response(bodyOf(dialect, stream), { type: 'text/html' }),
    ends: 'answered',
    doubts: 'the content type text/html',
  },
  {
    name: 'counts below nothing',
    answer: (dialect, stream) => response(withUsage(dialect, stream, 7, -5), { type: typeOf(stream) }),
    ends: 'answered',
    isEstimated: true,
    doubts: 'its usage, with',
  },
  {
    name: 'counts a billion',
    answer: (dialect, stream) => response(withUsage(dialect, stream, 1e9, 5), { type: typeOf(stream) }),
    ends: 'answered',
    isEstimated: true,
    doubts: 'its usage, with',
  },
  {
    name: 'states no type',
    answer: (dialect, stream) => response(bodyOf(dialect, stream), { type: '' }),
    ends: 'answered',
  },
  {
    name: 'shouts its type',
    answer: (dialect, stream) => response(bodyOf(dialect, stream), { type: typeOf(stream).toUpperCase() }),
    ends: 'answered',
  },
  {
    name: 'answers a stream in one piece',
    answer: (dialect, stream) =>
      stream ? response(replies[dialect](), { type: 'Application/JSON; charset=utf-8' }) : undefined,
    ends: 'answered',
  },
  ...['{}', '[]', 'null', '42', '"words"', 'true', '[{}]', '{"choices":{},"content":{}}', ''].map(
    (body): Nonsense => ({
      name: `sends ${body || 'nothing'}`,
      answer: () => response(body),
      ends: 'reply-unreadable',
    }),
  ),
  {
    name: 'sends half a reply',
    answer: whole((dialect) => response(halfOf(dialect, false))),
    ends: 'reply-unreadable',
  },
  {
    name: 'marks its byte order',
    answer: (dialect, stream) => response(`\ufeff${bodyOf(dialect, stream)}`, { type: typeOf(stream) }),
    ends: 'answered',
  },
  {
    name: 'sends bytes that are no UTF-8',
    answer: (dialect, stream) => {
      const text = Buffer.from(bodyOf(dialect, stream)).toString('latin1')
      return response(Buffer.from(text.replace('\xc3\xa9', '\xc3\x28'), 'latin1'), { type: typeOf(stream) })
    },
    ends: 'reply-unreadable',
  },
  ...(
    [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['Deflate', deflateRawSync],
      ['br', brotliCompressSync],
      ['zstd', zstdCompressSync],
    ] as const
  ).flatMap(([encoding, compress]): Nonsense[] => {
    const headers = [`content-encoding: ${encoding}`]
    return [
      {
        name: `compresses as ${encoding}, though asked not to`,
        answer: (dialect, stream) => response(compress(bodyOf(dialect, stream)), { type: typeOf(stream), headers }),
        ends: 'answered',
      },
      {
        name: `breaks off what it compresses as ${encoding}`,
        answer: (dialect, stream) =>
          response(compress(bodyOf(dialect, stream)).subarray(0, 40), { type: typeOf(stream), headers }),
        ends: 'reply-unreadable',
      },
      {
        name: `compresses its error as ${encoding}`,
        answer: () =>
          response(compress('{"error":{"message":"it broke","type":"overloaded_error"}}'), { status: 500, headers }),
        ends: 'overloaded',
      },
      {
        name: `breaks off an error that it compresses as ${encoding}`,
        answer: () =>
          response(compress('{"error":{"type":"insufficient_quota"}}').subarray(0, 9), { status: 500, headers }),
        ends: 'server-error',
      },
    ]
  }),
  {
    name: 'sends a bomb',
    answer: (_, stream) => response(bomb, { type: typeOf(stream), headers: ['content-encoding: gzip'] }),
    ends: 'reply-too-large',
  },
  {
    name: 'sends a bomb as an error',
    answer: () => response(bomb, { status: 503, headers: ['content-encoding: gzip'] }),
    ends: 'overloaded',
  },
  {
    name: 'sends what only claims to be compressed',
    answer: (dialect, stream) =>
      response(bodyOf(dialect, stream), { type: typeOf(stream), headers: ['content-encoding: br'] }),
    ends: 'reply-unreadable',
  },
  {
    name: 'says that it did not compress',
    answer: (dialect, stream) =>
      response(bodyOf(dialect, stream), { type: typeOf(stream), headers: ['content-encoding: identity'] }),
    ends: 'answered',
  },
  { name: 'nests 100,000 deep', answer: () => response(deep), ends: 'reply-unreadable' },
  {
    name: 'nests 100,000 deep within its reply',
    answer: whole((dialect) => response(replies[dialect]().replace('"model"', `"future":${deep},"model"`))),
    ends: 'reply-unreadable',
  },
  {
    name: 'nests 100,000 deep within its usage',
    answer: whole((dialect) => response(replies[dialect]().replace(/"usage(?:Metadata)?":\{/, `$&"future":${deep},`))),
    ends: 'reply-unreadable',
  },
  {
    name: 'nests 100,000 deep within an event',
    answer: streamed((events) => events.join('').replace('"model"', `"future":${deep},"model"`)),
    ends: 'reply-unreadable',
  },
  {
    name: 'says a key twice',
    answer: whole((dialect) => response(replies[dialect]().replace('"id"', '"id":"first","id"'))),
    ends: 'answered',
  },
  {
    name: 'says __proto__',
    answer: (dialect, stream) =>
      response(
        bodyOf(dialect, stream).replaceAll(
          /"(id|usage|message|delta)":(?=[{"])/g,
          (field) => `"__proto__":{"polluted":true,"constructor":{"prototype":{"polluted":true}}},${field}`,
        ),
        { type: typeOf(stream) },
      ),
    ends: 'answered',
  },
  {
    name: 'answers with null',
    answer: whole((dialect) =>
      dialect === 'openai-chat'
        ? response(
            replies[dialect]({
              choices: [{ index: 0, message: { role: 'assistant', content: null }, finish_reason: 'stop' }],
            }),
          )
        : response(replies[dialect]({ content: [], output: [], ...part({ text: '' }, 'STOP') })),
    ),
    ends: 'answered',
    text: '',
  },
  {
    name: 'answers with a number',
    answer: whole((dialect) =>
      dialect === 'openai-chat'
        ? response(
            replies[dialect]({
              choices: [{ index: 0, message: { role: 'assistant', content: 7 }, finish_reason: 'stop' }],
            }),
          )
        : response(
            replies[dialect]({
              content: [{ type: 'text', text: 7 }],
              output: [{ type: 'message', content: 7 }],
              ...part({ text: 7 }, 'STOP'),
            }),
          ),
    ),
    ends: 'reply-unreadable',
  },
  {
    name: 'offers no choice',
    answer: whole((dialect) =>
      response(
        replies[dialect](dialect === 'openai-chat' ? { choices: [] } : { content: null, output: null, candidates: [] }),
      ),
    ),
    ends: 'reply-unreadable',
  },
  ...[null, '', 'because', { toString: 1 }, 7].map(
    (reason): Nonsense => ({
      name: `stops for ${JSON.stringify(reason)}`,
      answer: (dialect, stream) => {
        // There the event's own name says how the stream ended.
        if (stream && dialect === 'openai-responses') return undefined
        const said = bodyOf(dialect, stream).replace(/"(stop|completed|end_turn|STOP)"/, JSON.stringify(reason))
        return response(said, { type: typeOf(stream) })
      },
      ends:
        reason === null || reason === '' || typeof reason !== 'string'
          ? { stream: 'stream-interrupted', whole: 'reply-unreadable' }
          : 'reply-unreadable',
    }),
  ),

  ...[-1, 1.5, 1e300, 2 ** 53, '7', null, [], { toString: 1 }, undefined].flatMap((count): Nonsense[] =>
    [[count, 5] as const, [7, count] as const].map(([input, output]) => ({
      name: `counts ${JSON.stringify(input)} in, ${JSON.stringify(output)} out`,
      answer: (dialect: ClientDialect, stream: boolean) =>
        // A count of nothing is left out in Gemini's dialect: that is no nonsense there.
        dialect === 'gemini' && (output === undefined || output === null)
          ? undefined
          : response(withUsage(dialect, stream, input, output), { type: typeOf(stream) }),
      ends: 'answered' as const,
      isEstimated: true,
    })),
  ),
  {
    name: 'counts what is no number at all',
    answer: whole((dialect) =>
      response(replies[dialect]().replace(/("(?:completion_tokens|output_tokens|candidatesTokenCount)":)5/, '$1NaN')),
    ),
    ends: 'reply-unreadable',
  },
  {
    name: 'counts in a usage that is no object',
    answer: whole((dialect) => response(replies[dialect]({ usage: [7, 5], usageMetadata: [7, 5] }))),
    ends: 'answered',
    isEstimated: true,
  },
  {
    name: 'counts more and more',
    answer: streamed((events, dialect) =>
      // There usage is told once, at the end.
      dialect === 'openai-responses'
        ? undefined
        : events
            .flatMap((event) =>
              event.includes('_tokens":5') ? [event.replace('_tokens":5', '_tokens":3'), event] : [event],
            )
            .join(''),
    ),
    ends: 'answered',
  },

  // Streams.
  {
    name: 'ends its lines with CRLF',
    answer: streamed((events) => events.join('').replaceAll('\n', '\r\n')),
    ends: 'answered',
  },
  {
    name: 'ends its lines with CR',
    answer: streamed((events) => events.join('').replaceAll('\n', '\r')),
    ends: 'answered',
  },
  {
    name: 'ends its lines as it likes',
    answer: streamed((events) => {
      let at = 0
      return events.join('').replaceAll('\n', () => ['\n', '\r\n', '\r\n', '\n'][at++ % 4]!)
    }),
    ends: 'answered',
  },
  {
    name: 'comments',
    answer: streamed((events) => events.map((event) => `: ping\n\n:\n${event}`).join('')),
    ends: 'answered',
  },
  { name: 'only comments', answer: streamed(() => ': ping\n\n'.repeat(100)), ends: 'stream-interrupted' },
  {
    name: 'comments without end',
    answer: (_, stream) =>
      stream
        ? (socket) => {
            socket.write(response('', { type: eventStream, length: null }))
            const beat = setInterval(() => socket.write(': ping\n\n'), 100)
            socket.on('close', () => clearInterval(beat))
          }
        : undefined,
    ends: 'timed-out',
  },
  {
    name: 'says its data in many lines',
    answer: streamed((events) =>
      events.map((event) => event.replaceAll(/(?<=^data: .*),(?=")/gm, () => ',\ndata: ')).join(''),
    ),
    ends: 'answered',
  },
  {
    name: 'sends events that nobody knows',
    answer: streamed((events) =>
      events
        .map(
          (event) =>
            `event: vendor.thing\ndata: not even JSON\n\nevent: ping\ndata:\n\nevent: vendor\ndata: {"a":1}\n\n${event}`,
        )
        .join(''),
    ),
    ends: 'answered',
  },
  {
    name: 'sends fields that nobody knows',
    answer: streamed((events) => events.map((event) => `id: 7\nretry: 1\nfoo\nfoo: bar\n${event}`).join('')),
    ends: 'answered',
  },
  {
    name: 'leaves out the blank line after its last event',
    answer: streamed((events, dialect) => (dialect === 'openai-chat' ? events.join('').trimEnd() : undefined)),
    ends: 'answered',
  },
  {
    name: 'leaves out the blank line after its terminal event',
    answer: streamed((events, dialect) => (dialect === 'openai-chat' ? events.slice(0, 4) : events).join('').trimEnd()),
    ends: 'stream-interrupted',
  },
  {
    name: 'closes in mid event',
    answer: streamed((events) => events.join('').slice(0, 250)),
    ends: 'stream-interrupted',
  },
  {
    name: 'resets in mid event',
    answer: (dialect, stream) => (socket) =>
      socket.write(response(halfOf(dialect, stream), { type: typeOf(stream), length: null }), () =>
        socket.resetAndDestroy(),
      ),
    // Without a length, undici cannot tell a reset from the end of the body.
    ends: { stream: 'stream-interrupted', whole: 'reply-unreadable' },
  },
  {
    name: 'sends an event that is no JSON',
    answer: streamed((events) => events.toSpliced(3, 0, 'data: {"choices": [}\n\n').join('')),
    ends: 'reply-unreadable',
  },
  {
    name: 'sends an event that is no object',
    answer: streamed((events) => events.toSpliced(3, 0, 'data: [1]\n\n').join('')),
    ends: 'reply-unreadable',
  },
  ...[
    '{"error":{"message":"it broke","type":"overloaded_error"}}',
    '{"type":"error","error":{"type":"overloaded_error","message":"it broke"}}',
  ].flatMap((error): Nonsense[] => [
    {
      name: `fails at once with ${error}`,
      answer: streamed(() => `event: error\ndata: ${error}\n\n`),
      ends: 'overloaded',
    },
    {
      name: `fails midway with ${error}`,
      answer: streamed((events) => `${events.slice(0, 4).join('')}event: error\ndata: ${error}\n\n`),
      ends: 'overloaded',
    },
  ]),
  ...['null', '[]', '"it broke"', 'it broke', deep, '{"error":{"toString":1}}', '{"error":null}', ''].map(
    (error): Nonsense => ({
      name: `fails with ${error.slice(0, 30) || 'nothing'}, in an error event`,
      answer: streamed((events) => `${events.slice(0, 3).join('')}event: error\ndata: ${error}\n\n`),
      ends: error === '' ? 'stream-interrupted' : 'server-error',
    }),
  ),
  { name: 'ends midway', answer: streamed((events) => events.slice(0, 3).join('')), ends: 'stream-interrupted' },

  ...['server-error', 'key-canary-7361'].flatMap((type): Nonsense[] => [
    {
      name: `quotes the credential in an error of type ${type}`,
      answer: (_, stream) => {
        const error = `{"type":"error","error":{"type":"${type}","message":"no key-canary-7361 here"}}`
        return stream ? response(`event: error\ndata: ${error}\n\n`, { type: eventStream }) : response(error)
      },
      ends: 'server-error',
    },
  ]),
  {
    name: 'stops for the credential',
    answer: (dialect, stream) => {
      if (stream && dialect === 'openai-responses') return undefined
      const said = bodyOf(dialect, stream).replace(/"(stop|completed|end_turn|STOP)"/, '"key-canary-7361"')
      return response(said, { type: typeOf(stream) })
    },
    ends: 'reply-unreadable',
  },
  {
    name: 'breaks its JSON at the credential',
    answer: (_, stream) => response(`data: key-canary-7361\n\n`, { type: typeOf(stream) }),
    ends: 'reply-unreadable',
  },

  // Streams of OpenAI.
  { name: 'is done twice', answer: openai(firstText, secondText, finish, usageFrame, done, done), ends: 'answered' },
  {
    name: 'goes on when it is done',
    answer: openai(firstText, secondText, finish, usageFrame, done, firstText, 'data: {\n\n'),
    ends: 'answered',
  },
  { name: 'is never done, but finished', answer: openai(firstText, secondText, finish, usageFrame), ends: 'answered' },
  {
    name: 'is done, but never finished',
    answer: openai(firstText, secondText, usageFrame, done),
    ends: 'stream-interrupted',
  },
  {
    name: 'goes on when it has finished',
    answer: openai(firstText, secondText, finish, firstText, done),
    ends: 'reply-unreadable',
  },
  { name: 'finishes twice', answer: openai(firstText, secondText, finish, finish, usageFrame, done), ends: 'answered' },
  { name: 'is done and nothing else', answer: openai(done), ends: 'stream-interrupted' },
  {
    name: 'finishes and keeps the socket open',
    answer: (dialect, stream) =>
      stream && dialect === 'openai-chat'
        ? (socket) =>
            void socket.write(
              response([firstText, secondText, finish, usageFrame].join(''), { type: eventStream, length: null }),
            )
        : undefined,
    ends: 'answered',
  },
  {
    name: 'calls a tool that has no name',
    answer: openai(
      frame(chunk({ tool_calls: [{ index: 0, id: 'a', function: { arguments: '{}' } }] })),
      frame(chunk({}, 'tool_calls')),
      done,
    ),
    ends: 'reply-unreadable',
  },
  {
    name: 'says that it calls a tool, and calls none',
    answer: openai(firstText, frame(chunk({}, 'tool_calls')), done),
    ends: 'reply-unreadable',
  },
  {
    name: 'sends deltas of the wrong types',
    answer: openai(
      frame(
        chunk({
          content: 'Hé, ',
          refusal: 7,
          tool_calls: { a: 1 },
          reasoning: [1],
          audio: 'x',
          annotations: 'y',
          function_call: [],
        }),
      ),
      frame({ choices: [null, 7, 'x', [], { index: 'a', delta: 7 }] }),
      frame({ choices: {}, usage: [] }),
      secondText,
      finish,
      done,
    ),
    ends: 'answered',
  },
  {
    name: 'finishes one choice of two',
    answer: openai(firstText, frame({ choices: [{ index: 1, delta: { content: 'b' } }] }), finish, done),
    ends: 'stream-interrupted',
  },

  // Streams of Anthropic.
  {
    name: 'starts with a delta',
    answer: anthropic(saidOne, begin, openText, saidTwo, closeText, stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'says before a block is open',
    answer: anthropic(begin, saidOne, openText, saidTwo, closeText, stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'never closes its block',
    answer: anthropic(begin, openText, saidOne, stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'closes a block twice',
    answer: anthropic(begin, openText, saidOne, closeText, closeText, stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'opens a block twice',
    answer: anthropic(begin, openText, openText, saidOne, closeText, stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'opens a closed block again',
    answer: anthropic(begin, openText, saidOne, closeText, openText, saidTwo, closeText, stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'opens its blocks out of order',
    answer: anthropic(
      begin,
      startOf(1, { type: 'text', text: '' }),
      stopOf(1),
      openText,
      saidOne,
      closeText,
      stopped,
      end,
    ),
    ends: 'reply-unreadable',
  },
  {
    name: 'starts two messages',
    answer: anthropic(begin, openText, saidOne, begin.replace('msg_1', 'msg_2'), saidTwo, closeText, stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'starts a message twice',
    answer: anthropic(begin, begin, openText, saidOne, saidTwo, closeText, stopped, end),
    ends: 'answered',
  },
  {
    name: 'never states why it stopped',
    answer: anthropic(begin, openText, saidOne, closeText, end),
    ends: 'stream-interrupted',
  },
  {
    name: 'states why it stopped, and does not stop',
    answer: anthropic(begin, openText, saidOne, closeText, stopped),
    ends: 'stream-interrupted',
  },
  { name: 'stops at once', answer: anthropic(end), ends: 'reply-unreadable' },
  {
    name: 'stops twice, and goes on',
    answer: anthropic(begin, openText, saidOne, saidTwo, closeText, stopped, end, end, saidOne, 'data: {\n\n'),
    ends: 'answered',
  },
  {
    name: 'opens a block with an index that is no number',
    answer: anthropic(begin, startOf({ toString: 1 }, { type: 'text', text: '' }), end),
    ends: 'reply-unreadable',
  },
  {
    name: 'says to a block with an index that is no number',
    answer: anthropic(begin, deltaOf({ toString: 1 }, { type: 'text_delta', text: 'a' }), end),
    ends: 'reply-unreadable',
  },
  {
    name: 'opens a block that is no object',
    answer: anthropic(begin, startOf(0, 'text'), stopOf(0), stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'opens a block without a type',
    answer: anthropic(begin, startOf(0, {}), stopOf(0), stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'says the wrong kind of thing',
    answer: anthropic(
      begin,
      openText,
      deltaOf(0, { type: 'input_json_delta', partial_json: '{}' }),
      closeText,
      stopped,
      end,
    ),
    ends: 'reply-unreadable',
  },
  {
    name: 'says a text that is no text',
    answer: anthropic(begin, openText, deltaOf(0, { type: 'text_delta', text: 7 }), closeText, stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'says a thing of no type',
    answer: anthropic(begin, openText, deltaOf(0, 'x'), closeText, stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'starts no message',
    answer: anthropic(named('message_start'), openText, closeText, stopped, end),
    ends: 'reply-unreadable',
  },
  {
    name: 'calls a tool with an input that is no object',
    answer: anthropic(
      begin,
      startOf(0, { type: 'tool_use', id: 'a', name: 'b', input: 7 }),
      stopOf(0),
      stopFor('tool_use'),
      end,
    ),
    ends: 'reply-unreadable',
  },
]

const once = { retry: { attempts: 1, baseMs: 1, capMs: 1 } }

describe('an upstream that answers with nonsense', () => {
  let upstream: NonsenseUpstream
  let seam: Seam
  const events = createMemoryEventSink()
  const doubtsOf = (model: string) =>
    events
      .events()
      .flatMap((event) => (event.type === 'call' && event.model === model ? event.moments : []))
      .flatMap((moment) => (moment.type === 'answer-doubted' ? [moment.because] : []))
  const modelOf = (name: string, dialect: ClientDialect, how: string) => `${dialect} ${how}: ${name}`
  const asked = catalogue.flatMap((nonsense) =>
    clientDialects.flatMap((dialect) =>
      [true, false].flatMap((stream) =>
        [true, false].flatMap((passes) => {
          const answer = nonsense.answer(dialect, stream)
          const how = `${stream ? 'streamed' : 'whole'}, ${passes ? 'passed on' : 'translated'}`
          return answer === undefined
            ? []
            : [{ ...nonsense, dialect, stream, passes, answer, model: modelOf(nonsense.name, dialect, how) }]
        }),
      ),
    ),
  )

  beforeAll(async () => {
    upstream = await startNonsenseUpstream()
    for (const { model, answer } of asked) upstream.answers.set(model, answer)
    seam = createSeam({
      config: {
        ...defaultConfig({}),
        providers: providersOf(upstream.url),
        aliases: asked.map(({ model, dialect }) => alias(model, [`${dialect}/${model}`], once)),
      },
      events,
      cache: createMemoryCache(),
    })
  })
  afterAll(async () => {
    await seam.close()
    await upstream.idle()
    await upstream[Symbol.asyncDispose]()
  })

  for (const { model, dialect, stream, passes, ends, text = words, isEstimated, doubts } of asked) {
    it.concurrent(model, async ({ expect }) => {
      const outcome = await ask(seam, model, dialect, stream, passes)
      const expected = typeof ends === 'string' ? ends : stream ? ends.stream : ends.whole
      if ('error' in outcome) {
        expect({ ends: outcome.error.code, because: outcome.error.message }).toEqual({
          ends: expected,
          because: outcome.error.message,
        })
        expect(outcome.error.message.length).toBeLessThan(1_000)
        expect(inspect(outcome.error)).not.toContain('key-canary')
      } else {
        expect('answered').toBe(expected)
        expect(outcome.reply.text).toBe(text)
        const { usage } = outcome.reply
        for (const part of usageParts) expect(Number.isSafeInteger(usage[part]) && usage[part] >= 0).toBe(true)
        if (isEstimated) expect(usage.source === 'estimated' && usage.outputText > 0).toBe(true)
        if (doubts) expect(doubtsOf(model)).toEqual([expect.stringContaining(doubts)])
        if (model.includes('counts more')) expect(usage).toMatchObject({ source: 'measured', outputText: 5 })
      }
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    })
  }
})
