import type { CatalogueFault, Way } from './catalogue.ts'
import { answered, broken, either, ended, forsaken, left, outlasted, retried } from './due.ts'

const fine = (made: Way['made'], more: Partial<Way> = {}): Way => ({ made, streamed: answered, ...more })
const lines: Partial<Way> = { except: ['bedrock-converse'] }
const overload = ['overloaded', 'server-error'] as const

/** Faults 80 to 104: of how an answer arrives. */
export const streamCatalogue: readonly CatalogueFault[] = [
  { number: 80, title: 'every byte in a write of its own', behaviour: 'OK', ways: [fine({ type: 'split' })] },
  {
    number: 81,
    title: 'characters cut in two',
    behaviour: 'OK',
    ways: [fine({ type: 'split-characters' }, { otherWords: true })],
  },
  {
    number: 82,
    title: 'lines that end in CR LF, CR, or each in turn',
    behaviour: 'OK',
    ways: ['crlf', 'cr', 'mixed'].map((style) => fine({ type: 'line-endings', style }, lines)),
  },
  {
    number: 83,
    title: 'pings, and no content',
    behaviour: 'idle clock, F',
    ways: [{ made: { type: 'ping-only', intervalMs: 100 }, streamed: left('timed-out'), waits: true }],
  },
  {
    number: 84,
    title: 'events of several data lines',
    behaviour: 'OK',
    ways: [fine({ type: 'multi-line-data' }, { ...lines, unreadableBy: 'gemini' })],
  },
  { number: 85, title: 'events that nobody knows', behaviour: 'OK', ways: [fine({ type: 'unknown-events' })] },
  {
    number: 86,
    title: 'no blank line behind the last event',
    behaviour: 'OK or INC',
    ways: [{ made: { type: 'no-last-blank-line' }, streamed: either(), ...lines }],
  },
  {
    number: 87,
    title: 'a line of 100 MB',
    behaviour: 'cap, TE',
    ways: [{ made: { type: 'huge-event' }, streamed: broken(), heavy: true }],
  },
  {
    number: 88,
    title: 'a line that never ends',
    behaviour: 'cap, TE',
    ways: [{ made: { type: 'endless-event' }, streamed: broken(), heavy: true }],
  },
  {
    number: 89,
    title: 'an event that is not JSON',
    behaviour: 'TE',
    ways: [{ made: { type: 'malformed-event' }, streamed: broken('reply-unreadable', 'stream-interrupted') }],
  },
  {
    number: 90,
    title: 'an end that comes twice',
    behaviour: 'OK',
    ways: [
      fine({ type: 'terminal-event-twice' }),
      { made: { type: 'terminal-event-twice', whole: true }, streamed: either(), liesAboutUsage: true },
    ],
  },
  {
    number: 91,
    title: 'events after the end',
    behaviour: 'OK',
    ways: [
      ...[{ what: 'content' }, { what: 'garbage' }, { what: 'content', open: true }].flatMap((how): Way[] => [
        fine({ type: 'events-after-end', ...(how as object) }, { except: ['gemini'] }),
        // Gemini ends with no event of its own: what follows its reason contradicts it.
        { made: { type: 'events-after-end', ...(how as object) }, only: ['gemini'], streamed: either() },
      ]),
    ],
  },
  {
    number: 92,
    title: 'a stop reason, and a stream left open',
    behaviour: 'OK, promptly',
    ways: [fine({ type: 'left-open' }), fine({ type: 'left-open', done: true })],
  },
  {
    number: 93,
    title: '[DONE] without a finish_reason',
    behaviour: 'INC',
    ways: [
      {
        made: { type: 'no-terminal-event', done: true },
        only: ['openai-chat'],
        streamed: broken('stream-interrupted'),
      },
    ],
  },
  {
    number: 94,
    title: 'a clean end in the middle',
    behaviour: 'INC',
    ways: [
      { made: { type: 'no-terminal-event' }, streamed: broken('stream-interrupted') },
      { made: { type: 'early-end' }, whole: retried(), streamed: broken('stream-interrupted') },
    ],
  },
  {
    number: 95,
    title: 'a reset in the middle of an event',
    behaviour: 'INC',
    ways: [
      {
        made: { type: 'cut', midEvent: true, reset: true },
        whole: retried('connection-failed', 'stream-interrupted', 'reply-unreadable'),
        streamed: broken('stream-interrupted', 'connection-failed'),
      },
      {
        made: { type: 'cut' },
        whole: retried('connection-failed', 'stream-interrupted', 'reply-unreadable'),
        streamed: broken('stream-interrupted', 'connection-failed'),
      },
    ],
  },
  {
    number: 96,
    title: 'silence after some content',
    behaviour: 'idle clock, INC',
    ways: [{ made: { type: 'stall' }, streamed: broken('timed-out'), waits: true }],
  },
  {
    number: 97,
    title: 'a token now and then, for longer than anybody waits',
    behaviour: 'total clock',
    ways: [
      {
        made: { type: 'slow-tokens', ms: 800 },
        whole: outlasted,
        streamed: broken('deadline-exceeded', 'timed-out'),
        waits: true,
      },
    ],
  },
  {
    number: 98,
    title: 'an answer without an end, past any limit of tokens',
    behaviour: 'guard, TE',
    ways: [
      { made: { type: 'endless-answer' }, streamed: broken(), heavy: true },
      { made: { type: 'max-tokens-ignored' }, whole: either(), streamed: either(1), otherWords: true },
    ],
  },
  {
    number: 99,
    title: 'an error as the first event',
    behaviour: 'R/F',
    ways: [{ made: { type: 'error-event-first' }, streamed: retried(...overload) }],
  },
  {
    number: 100,
    title: 'an error in the middle',
    behaviour: 'TE',
    ways: [{ made: { type: 'error-event-mid' }, whole: retried(...overload), streamed: broken(...overload) }],
  },
  {
    number: 101,
    title: 'the limit of tokens strikes within a tool call',
    behaviour: 'INC',
    ways: [{ made: { type: 'max-tokens-in-tool-call' }, whole: ended, streamed: ended, withTool: true }],
  },
  {
    number: 102,
    title: 'tool calls whose pieces take turns, or share an id',
    behaviour: 'OK or TE',
    ways: [
      { made: { type: 'interleaved-parts' }, streamed: either(), withTool: true, except: ['gemini'] },
      { made: { type: 'duplicate-tool-ids' }, whole: either(), streamed: either(), withTool: true, except: ['gemini'] },
    ],
  },
  {
    number: 103,
    title: 'blocks out of order, or without their stop',
    behaviour: 'TE',
    ways: ['reversed', 'missing-stop', 'missing-start', 'late-delta'].map((how) => ({
      made: { type: 'disordered-parts', how },
      streamed: either(),
      otherWords: true,
      except: how === 'missing-start' ? ['gemini', 'bedrock-converse'] : ['gemini'],
    })),
  },
  {
    number: 104,
    title: 'the client leaves: before the first content, in the middle, not streamed',
    behaviour: 'upstream closed, settled',
    ways: [
      { made: { type: 'no-answer' }, whole: forsaken, streamed: forsaken, leaves: true },
      { made: { type: 'stall' }, whole: forsaken, streamed: forsaken, leaves: true },
    ],
  },
]
