import type { FaultKind, FaultParam } from './fault-kind.ts'

const encoding = {
  description: '`gzip`, `br`, `zstd`, `deflate` or `deflate-raw` (deflate without its zlib frame)',
  default: 'gzip',
  oneOf: ['gzip', 'br', 'zstd', 'deflate', 'deflate-raw'],
} as const satisfies FaultParam

/** Of what an answer consists of, streamed or not. */
export const bodyFaults = {
  html: { description: 'HTTP 200 and a web page, as a proxy in between would send.', params: {}, bills: 'nothing' },
  'error-under-200': {
    description: 'HTTP 200 and an error envelope as the body, even where a stream was asked for.',
    params: {
      kind: {
        description: '`overloaded`, `server-error` or `rate-limited`',
        default: 'overloaded',
        oneOf: ['overloaded', 'server-error', 'rate-limited'],
      },
    },
    bills: 'nothing',
  },
  'wrong-content-type': {
    description: 'The answer as it is, under another content type.',
    params: { type: { description: 'the Content-Type header', default: 'text/plain' } },
    bills: 'produced',
  },
  'empty-body': { description: 'HTTP 200 and no body.', params: {}, bills: 'all' },
  'empty-object': { description: 'HTTP 200 and `{}` as the body.', params: {}, bills: 'all' },
  'bare-json': {
    description: 'HTTP 200 and JSON that is no object as the body.',
    params: { value: { description: 'the body: `[]`, `null`, `42`, `"text"`', default: '[]' } },
    bills: 'all',
  },
  'truncated-json': {
    description: 'Half of the JSON, delivered as if it were whole: of the body, or of the first event with content.',
    params: {},
    bills: 'produced',
  },
  'invalid-utf8': {
    description: 'Bytes within the text of the answer that are no UTF-8.',
    params: {},
    bills: 'produced',
  },
  bom: { description: 'A byte order mark before the JSON or the first event.', params: {}, bills: 'produced' },
  encoded: {
    description: 'The body in a content encoding, asked for or not; a stream is flushed event by event.',
    params: { encoding },
    bills: 'produced',
  },
  'corrupt-encoding': {
    description: 'The body in a content encoding, and wrong from the middle or from the fifth event on.',
    params: { encoding },
    bills: 'produced',
  },
  'gzip-bomb': {
    description: 'A gzipped body that swells: blanks before the JSON, or pings before the events.',
    params: { bytes: { description: 'how large they become', default: 1_073_741_824 } },
    bills: 'all',
  },
  'deep-json': {
    description: 'A stranger field of lists within lists: in the body, or in the first event with content.',
    params: { depth: { description: 'how deep', default: 100_000 } },
    bills: 'produced',
  },
  'hostile-keys': {
    description: 'JSON with `__proto__` and `constructor` as keys, and each key twice, first with null.',
    params: {},
    bills: 'produced',
  },
  'no-choices': {
    description: 'An empty list where the answers stand: choices, candidates, content or output.',
    params: {},
    bills: 'produced',
  },
  'empty-answer': {
    description: 'The model ends as if all were well, and says and calls nothing: content null.',
    params: {},
    bills: 'produced',
  },
  'choices-out-of-order': {
    description: 'Where several answers are asked for, the last comes first.',
    params: {},
    bills: 'produced',
  },
  'other-model': {
    description: 'The answer names another model than was asked; the one that was asked is billed.',
    params: { name: { description: 'the name', default: 'sim-other-2026-11-01' } },
    bills: 'produced',
  },
  'usage-missing': { description: 'A reply without usage.', params: {}, bills: 'produced' },
  'usage-wrong': {
    description: 'Usage that cannot be true; what is billed is.',
    params: {
      as: {
        description:
          'what becomes of each number: `negative`, `absurd` (a million times), `huge` (1e30 written out), `infinite` (1e999), `not-a-number` (NaN, which is no JSON), `fraction`, `text`, `null` or `zero`',
        default: 'negative',
        oneOf: ['negative', 'absurd', 'huge', 'infinite', 'not-a-number', 'fraction', 'text', 'null', 'zero'],
      },
    },
    bills: 'produced',
  },
  'usage-late': {
    description: 'Streamed: the usage comes alone, after the event that says why the answer ended.',
    params: {},
    bills: 'produced',
  },
  'usage-repeated': {
    description: 'Streamed: the usage comes several times, each time as the sum so far.',
    params: { times: { description: 'how many times', default: 3 } },
    bills: 'produced',
  },
} as const satisfies Record<string, FaultKind>
