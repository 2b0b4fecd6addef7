import { after } from './after.ts'
import { errorEventKinds } from './error-event.ts'
import type { FaultKind, FaultParam } from './fault-kind.ts'

const errorKind = {
  description: 'what the error is about',
  default: 'overloaded',
  oneOf: errorEventKinds,
} as const satisfies FaultParam

/** Of how an answer arrives. A reply that is not streamed fails likewise, as far as it can. */
export const streamFaults = {
  'slow-first-token': {
    description: 'Everything is well, but the first content is late.',
    params: { ms: { description: 'how late, in milliseconds', default: 5000 } },
    bills: 'produced',
  },
  'slow-tokens': {
    description: 'Slow loris: each content delta is late, and the answer takes very long to end.',
    params: { ms: { description: 'milliseconds before each content delta', default: 20_000 } },
    bills: 'produced',
  },
  stall: {
    description: 'Silence in the middle: no content, no pings, no end; not streamed: half a body.',
    params: { after },
    bills: 'produced',
  },
  'ping-only': {
    description: 'Pings (Anthropic), comments (OpenAI) or blank lines (not streamed) for ever, and no content.',
    params: { intervalMs: { description: 'milliseconds between two', default: 1000 } },
    bills: 'input',
  },
  cut: {
    description: 'The socket is destroyed in the middle: of the stream, or of the body.',
    params: {
      after,
      midEvent: { description: 'whether half of the next event is sent first', default: false },
      reset: { description: 'whether the connection is reset (RST) in place of closed', default: false },
    },
    bills: 'produced',
  },
  'early-end': {
    description:
      'The stream ends in the middle as cleanly as HTTP can end; not streamed: half a body, delivered as whole.',
    params: { after },
    bills: 'produced',
  },
  'malformed-event': {
    description:
      'One event that is not JSON, in place of a content delta, and then on as if nothing were wrong; not streamed: a body cut off but delivered as whole.',
    params: { after },
    bills: 'all',
  },
  'no-terminal-event': {
    description:
      'The stream ends cleanly without finish_reason or message_stop; not streamed: the stop reason is null.',
    params: { done: { description: 'OpenAI, streamed: whether `[DONE]` is sent nonetheless', default: false } },
    bills: 'all',
  },
  'left-open': {
    description: 'The answer is whole and says why it ended, but the stream is never closed.',
    params: { done: { description: 'Chat Completions: whether `[DONE]` is sent', default: false } },
    bills: 'all',
    streamedOnly: true,
  },
  'terminal-event-twice': {
    description: 'What ends the stream comes twice: `[DONE]`, message_stop, response.completed, the last response.',
    params: {
      whole: { description: 'whether all of the end is repeated, the stop reason and the usage too', default: false },
    },
    bills: 'all',
    streamedOnly: true,
  },
  'events-after-end': {
    description: 'More events follow the one that ends the stream.',
    params: {
      what: {
        description: 'deltas of content once more, or one event that is not JSON',
        default: 'content',
        oneOf: ['content', 'garbage'],
      },
      open: { description: 'whether the stream is then left open', default: false },
    },
    bills: 'all',
    streamedOnly: true,
  },
  'error-event-first': {
    description: 'HTTP 200, then an error as the first event; not streamed: an error envelope under HTTP 200.',
    params: { kind: errorKind },
    bills: 'nothing',
  },
  'error-event-mid': {
    description: 'An error event in the middle of a stream; not streamed: an error envelope under HTTP 200.',
    params: { after, kind: errorKind },
    bills: 'produced',
  },
  'unknown-events': {
    description: 'Events, fields and comments that nobody knows, between those that everybody does.',
    params: {},
    bills: 'all',
    streamedOnly: true,
  },
  'huge-event': {
    description: 'One event of very many bytes on one line, and then on as if nothing were wrong.',
    params: { after, mebibytes: { description: 'how large it is', default: 100 } },
    bills: 'all',
    streamedOnly: true,
  },
  'endless-event': {
    description: 'An event whose line never ends.',
    params: { after },
    bills: 'produced',
    streamedOnly: true,
  },
  'endless-answer': {
    description: 'The model does not stop: what it said last comes again for ever, past any limit of tokens.',
    params: {},
    bills: 'produced',
    streamedOnly: true,
  },
  'interleaved-parts': {
    description:
      'The pieces of blocks, items or tool calls take turns in place of coming one after another; two tools are called where any is offered.',
    params: {},
    bills: 'all',
    // Gemini sends each call whole.
    notIn: ['gemini'],
    streamedOnly: true,
  },
  'disordered-parts': {
    description:
      'Blocks, items or tool calls out of order; two tools are called where any is offered. Chat Completions has no stops, and no starts but those of tool calls.',
    params: {
      how: {
        description:
          'the last one first; the first one without its stop; without its start; or with a delta after its stop',
        default: 'reversed',
        oneOf: ['reversed', 'missing-stop', 'missing-start', 'late-delta'],
      },
    },
    bills: 'all',
    notIn: ['gemini'],
    streamedOnly: true,
  },
  split: {
    description: 'Everything is well, but arrives in pieces of so many bytes, wherever that cuts.',
    params: { bytes: { description: 'of each write', default: 1 } },
    bills: 'all',
    streamedOnly: true,
  },
  'split-characters': {
    description: 'Every character of more than one byte arrives in two writes, and the words are full of them.',
    params: {},
    bills: 'all',
    streamedOnly: true,
  },
  'line-endings': {
    description: 'The lines of the events end otherwise than this dialect is used to.',
    params: {
      style: { description: 'CR LF, CR, LF, or each in turn', default: 'mixed', oneOf: ['crlf', 'cr', 'lf', 'mixed'] },
    },
    bills: 'all',
    // Its frames have no lines.
    notIn: ['bedrock-converse'],
    streamedOnly: true,
  },
  'multi-line-data': {
    description: 'Each event is spread over several `data:` lines.',
    params: {},
    bills: 'all',
    notIn: ['bedrock-converse'],
    streamedOnly: true,
  },
  'no-last-blank-line': {
    description: 'The last event lacks the blank line that would end it.',
    params: {},
    bills: 'all',
    notIn: ['bedrock-converse'],
    streamedOnly: true,
  },
} as const satisfies Record<string, FaultKind>
