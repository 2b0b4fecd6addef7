import type { FaultKind, FaultParam } from './fault-kind.ts'

const status: FaultParam = { description: 'the HTTP status: 301, 302, 303, 307 or 308', default: 307 }

/** Of the connection and of HTTP itself. */
export const connectionFaults = {
  'connection-refused': {
    description:
      'The socket is destroyed before the request is read; `refusedUrl` is an address where nothing listens at all.',
    params: {},
    bills: 'nothing',
  },
  'closed-before-headers': {
    description: 'The request is read, then the connection is closed (FIN) before any header.',
    params: {},
    bills: 'nothing',
  },
  'reset-before-headers': {
    description: 'The request is read, then the connection is reset (RST) before any header.',
    params: {},
    bills: 'nothing',
  },
  'reset-on-reuse': {
    description: 'The first request on a connection is answered; any later one on the same connection is reset (RST).',
    params: {},
    bills: 'produced',
  },
  'closed-after-answer': {
    description: 'The answer is whole, and the connection is closed (FIN) behind it.',
    params: { announced: { description: 'whether `connection: close` says so', default: true } },
    bills: 'all',
  },
  'no-answer': {
    description: 'The request is read and never answered.',
    params: {},
    bills: 'input',
  },
  'headers-dripped': {
    description: 'Status and headers come a byte at a time; then the answer.',
    params: { intervalMs: { description: 'milliseconds between two bytes', default: 1000 } },
    bills: 'all',
  },
  'headers-too-large': {
    description: 'The headers are larger than clients take.',
    params: { bytes: { description: 'the size of one of them, in bytes', default: 20_000 } },
    bills: 'all',
  },
  'content-length-twice': {
    description: 'Two Content-Length headers.',
    params: { same: { description: 'whether they name the same length', default: false } },
    bills: 'all',
  },
  'content-length-and-chunked': {
    description: 'Content-Length beside `transfer-encoding: chunked`.',
    params: {},
    bills: 'all',
  },
  'body-too-short': {
    description: 'Half of what Content-Length announces comes, then the connection is closed (FIN).',
    params: {},
    bills: 'all',
  },
  'body-too-long': {
    description: 'Content-Length names half of the body, and all of it comes; the connection stays open.',
    params: {
      forged: {
        description: 'whether the body is as long as announced, and another answer, which nobody asked for, follows',
        default: false,
      },
    },
    bills: 'all',
  },
  'chunk-size-invalid': {
    description: 'Half of the body in a chunk, then a chunk whose size is no number.',
    params: {},
    bills: 'all',
  },
  'last-chunk-missing': {
    description: 'All of the body in chunks, then the connection is closed (FIN) without the chunk that ends it.',
    params: { half: { description: 'whether half of the body is all that comes', default: false } },
    bills: 'all',
  },
  'informational-first': {
    description: '103 Early Hints before the answer.',
    params: { continue: { description: 'whether 100 Continue, which nobody asked for, comes first', default: false } },
    bills: 'all',
  },
  'no-content': { description: '204, and so no body.', params: {}, bills: 'nothing' },
  'redirect-within': { description: 'A redirect to the same address.', params: { status }, bills: 'nothing' },
  redirect: {
    description: 'A redirect to another origin.',
    params: { status, to: { description: 'the origin; empty is `refusedUrl`', default: '' } },
    bills: 'nothing',
  },
  'redirect-to-metadata': {
    description: "A redirect to the address at which clouds keep a machine's credentials: http://169.254.169.254/.",
    params: { status },
    bills: 'nothing',
  },
  'answer-before-body': {
    description:
      '503 before the body of the request was read. Asked for by the header alone: a model is named in the body.',
    params: { reset: { description: 'whether the connection is reset (RST) behind it', default: false } },
    bills: 'nothing',
  },
  trailers: {
    description: 'The answer in chunks, and headers behind its body.',
    params: {},
    bills: 'all',
  },
} as const satisfies Record<string, FaultKind>
