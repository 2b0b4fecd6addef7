import type { CatalogueFault, Way } from './catalogue.ts'
import { answered, broken, type Due, either, outlasted, retried, unanswered } from './due.ts'

const both = (made: Way['made'], due: Due, more: Partial<Way> = {}): Way => ({
  made,
  whole: due,
  streamed: due,
  ...more,
})
const unreadable = retried('reply-unreadable', 'stream-interrupted')
const told = { liesAboutUsage: true } as const

const oneAnswer = ['openai-responses', 'anthropic-messages', 'bedrock-converse'] as const
const notBedrock = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const

/** Faults 57 to 79: of what an answer consists of. */
export const bodyCatalogue: readonly CatalogueFault[] = [
  { number: 57, title: '200 and a web page', behaviour: 'TE,F', ways: [both({ type: 'html' }, unreadable)] },
  {
    number: 58,
    title: 'JSON under another content type',
    behaviour: 'OK',
    ways: [both({ type: 'wrong-content-type' }, answered)],
  },
  { number: 59, title: '200 and no body', behaviour: 'TE', ways: [both({ type: 'empty-body' }, unreadable)] },
  {
    number: 60,
    title: '200 and {}, or JSON that is no object',
    behaviour: 'TE',
    ways: [both({ type: 'empty-object' }, unreadable), both({ type: 'bare-json' }, unreadable)],
  },
  {
    number: 61,
    title: 'JSON that ends in the middle',
    behaviour: 'R, TE',
    ways: [
      { made: { type: 'malformed-event' }, whole: unreadable },
      { made: { type: 'truncated-json' }, whole: unreadable, streamed: broken() },
    ],
  },
  {
    number: 62,
    title: 'a body that stops coming',
    behaviour: 'clock',
    ways: [{ made: { type: 'stall' }, whole: outlasted, waits: true }],
  },
  {
    number: 63,
    title: 'bytes that are no UTF-8',
    behaviour: 'TE or replaced',
    ways: [both({ type: 'invalid-utf8' }, either(), { otherWords: true })],
  },
  {
    number: 64,
    title: 'a byte order mark',
    behaviour: 'OK',
    ways: [
      both({ type: 'bom' }, answered, { except: ['bedrock-converse'] }),
      // In a binary message it can stand only before the JSON, where none may.
      { made: { type: 'bom' }, whole: answered, streamed: either(), except: notBedrock },
    ],
  },
  { number: 65, title: 'gzip', behaviour: 'OK', ways: [both({ type: 'encoded' }, answered)] },
  {
    number: 66,
    title: 'gzip that is wrong from the middle on',
    behaviour: 'TE',
    ways: [{ made: { type: 'corrupt-encoding' }, whole: retried(), streamed: broken() }],
  },
  {
    number: 67,
    title: 'a gzip bomb',
    behaviour: 'cap, TE',
    ways: [both({ type: 'gzip-bomb', bytes: 67_108_864 }, { ...retried(), rescue: undefined }, { heavy: true })],
  },
  {
    number: 68,
    title: 'brotli, zstd and deflate that nobody asked for',
    behaviour: 'OK or TE',
    ways: ['br', 'zstd', 'deflate'].map((encoding) => both({ type: 'encoded', encoding }, either())),
  },
  {
    number: 69,
    title: 'JSON 100,000 lists deep',
    behaviour: 'TE',
    ways: [both({ type: 'deep-json' }, either())],
  },
  {
    number: 70,
    title: '__proto__ as a key, and keys twice',
    behaviour: 'OK',
    ways: [both({ type: 'hostile-keys' }, either())],
  },
  {
    number: 71,
    title: 'numbers in the usage that are none, or too large',
    behaviour: 'TE or flagged',
    ways: ['huge', 'infinite', 'not-a-number'].map((as) => both({ type: 'usage-wrong', as }, either(), told)),
  },
  {
    number: 72,
    title: 'no choices',
    behaviour: 'TE',
    ways: [
      both({ type: 'no-choices' }, unanswered, { except: oneAnswer }),
      // Where there is one answer and no more, an empty list is an answer that says nothing.
      both({ type: 'no-choices' }, either(), {
        except: ['openai-chat', 'gemini'],
        otherWords: true,
      }),
    ],
  },
  {
    number: 73,
    title: 'an answer that says and calls nothing',
    behaviour: 'TE or as it is',
    ways: [both({ type: 'empty-answer' }, either(), { otherWords: true })],
  },
  {
    number: 74,
    title: 'several answers, the last first',
    behaviour: 'OK',
    ways: [both({ type: 'choices-out-of-order' }, answered)],
  },
  {
    number: 75,
    title: 'no usage',
    behaviour: 'estimated, flagged',
    ways: [both({ type: 'usage-missing' }, answered)],
  },
  {
    number: 76,
    title: 'usage that is negative, absurd, or no number',
    behaviour: 'flagged',
    ways: ['negative', 'absurd', 'fraction', 'text', 'null', 'zero'].map((as) =>
      both({ type: 'usage-wrong', as }, either(), told),
    ),
  },
  {
    number: 77,
    title: 'usage after the stop reason',
    behaviour: 'OK',
    ways: [{ made: { type: 'usage-late' }, streamed: answered }],
  },
  {
    number: 78,
    title: 'usage several times, each the sum so far',
    behaviour: 'OK',
    ways: [{ made: { type: 'usage-repeated' }, streamed: answered }],
  },
  {
    number: 79,
    title: 'another model than was asked',
    behaviour: 'OK, recorded',
    ways: [both({ type: 'other-model' }, answered)],
  },
]
