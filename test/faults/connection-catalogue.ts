import type { CatalogueFault, Way } from './catalogue.ts'
import { answered, broken, type Due, either, left, leftOrFinal, outlasted, recovered, retried } from './due.ts'

const both = (made: Way['made'], due: Due, more: Partial<Way> = {}): Way => ({
  made,
  whole: due,
  streamed: due,
  ...more,
})
/** Not streamed nothing of it was passed on; streamed some of it may have been. */
const inBody = (made: Way['made']): Way => ({ made, whole: retried(), streamed: broken() })
/** Whoever is struck at once has nothing to lose by another try. */
const tls = (kind: 'tls-expired' | 'tls-wrong-host' | 'tls-untrusted'): Way =>
  both({ address: kind }, { ...left(), attempts: 2 })

/** Faults 1 to 25: of the connection and of HTTP itself. */
export const connectionCatalogue: readonly CatalogueFault[] = [
  {
    number: 1,
    title: 'a name that no DNS knows',
    behaviour: 'R,F',
    ways: [both({ address: 'unresolvable' }, retried('connection-failed'))],
  },
  {
    number: 2,
    title: 'nothing listens there',
    behaviour: 'R,F',
    ways: [both({ address: 'refused' }, retried('connection-failed'))],
  },
  {
    number: 3,
    title: 'a connection never comes about',
    behaviour: 'connect clock, F',
    // Now and then the system takes one of the connections after all, and then it is a whole answer that never comes.
    ways: [
      both(
        { address: 'blackhole' },
        { ...retried('timed-out', 'connection-failed'), rescue: undefined },
        { waits: true },
      ),
    ],
  },
  {
    number: 4,
    title: "a certificate that has expired, is another host's, or nobody's",
    behaviour: 'U',
    ways: [tls('tls-expired'), tls('tls-wrong-host'), tls('tls-untrusted')],
  },
  {
    number: 5,
    title: 'a TLS handshake that stalls',
    behaviour: 'connect clock, F',
    ways: [both({ address: 'stalled-tls' }, retried('timed-out', 'connection-failed'), { waits: true })],
  },
  {
    number: 6,
    title: 'accepted, and closed',
    behaviour: 'R',
    ways: [
      both({ type: 'connection-refused' }, retried('connection-failed'), { closes: true }),
      both({ type: 'closed-before-headers' }, retried('connection-failed'), { closes: true }),
    ],
  },
  {
    number: 7,
    title: 'reset before any header',
    behaviour: 'R',
    ways: [both({ type: 'reset-before-headers' }, retried('connection-failed'), { closes: true })],
  },
  {
    number: 8,
    title: 'a kept connection that is reset when it is used again',
    behaviour: 'R',
    ways: [both({ type: 'reset-on-reuse' }, recovered, { warm: true })],
  },
  {
    number: 9,
    title: 'a connection that is closed behind the answer before',
    behaviour: 'R',
    ways: [
      both({ type: 'closed-after-answer' }, recovered, { warm: true }),
      both({ type: 'closed-after-answer', announced: false }, recovered, { warm: true }),
    ],
  },
  {
    number: 10,
    title: 'no answer, ever',
    behaviour: 'headers clock, F',
    ways: [{ made: { type: 'no-answer' }, whole: outlasted, streamed: left('timed-out'), waits: true }],
  },
  {
    number: 11,
    title: 'headers that come a byte a second',
    behaviour: 'headers clock',
    ways: [{ made: { type: 'headers-dripped' }, whole: outlasted, streamed: left('timed-out'), waits: true }],
  },
  {
    number: 12,
    title: 'headers of more than 16 KiB',
    behaviour: 'TE,F',
    ways: [both({ type: 'headers-too-large' }, { ...leftOrFinal(), rescue: true, attempts: 2 })],
  },
  {
    number: 13,
    title: 'two Content-Lengths that contradict each other',
    behaviour: 'TE',
    ways: [both({ type: 'content-length-twice' }, retried())],
  },
  {
    number: 14,
    title: 'Content-Length beside chunks',
    behaviour: 'TE',
    ways: [both({ type: 'content-length-and-chunked' }, retried())],
  },
  {
    number: 15,
    title: 'a body shorter than its Content-Length',
    behaviour: 'R, TE',
    ways: [inBody({ type: 'body-too-short' })],
  },
  {
    number: 16,
    title: 'a body longer than its Content-Length',
    behaviour: 'TE',
    ways: [inBody({ type: 'body-too-long' }), both({ type: 'body-too-long', forged: true }, either(), { warm: true })],
  },
  {
    number: 17,
    title: 'a chunk whose size is no number',
    behaviour: 'TE',
    ways: [inBody({ type: 'chunk-size-invalid' })],
  },
  {
    number: 18,
    title: 'chunks without the one that ends them',
    behaviour: 'INC',
    ways: [
      { made: { type: 'last-chunk-missing' }, whole: retried(), streamed: either() },
      inBody({ type: 'last-chunk-missing', half: true }),
    ],
  },
  {
    number: 19,
    title: '100 Continue and 103 Early Hints',
    behaviour: 'OK',
    ways: [
      both({ type: 'informational-first' }, answered),
      both({ type: 'informational-first', continue: true }, either()),
    ],
  },
  { number: 20, title: '204 to a question', behaviour: 'TE', ways: [both({ type: 'no-content' }, retried())] },
  {
    number: 21,
    title: '301 and 307 to the same origin',
    behaviour: 'F',
    ways: [301, 307].map((status) => both({ type: 'redirect-within', status }, left('redirect-refused'))),
  },
  {
    number: 22,
    title: '307 to another origin',
    behaviour: 'F, no credential sent',
    ways: [both({ type: 'redirect' }, left('redirect-refused'))],
  },
  {
    number: 23,
    title: "307 to a cloud's metadata",
    behaviour: 'F',
    ways: [both({ type: 'redirect-to-metadata' }, left('redirect-refused'))],
  },
  {
    number: 24,
    title: 'an answer before the request was read',
    behaviour: 'TE',
    ways: [
      both({ type: 'answer-before-body' }, retried(), { byHeader: true }),
      both({ type: 'answer-before-body', reset: true }, retried(), { byHeader: true }),
    ],
  },
  { number: 25, title: 'trailers', behaviour: 'OK', ways: [both({ type: 'trailers' }, answered)] },
]
