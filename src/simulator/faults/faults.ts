/** A way to fail: what it does, and what can be set about it. */
export interface FaultKind {
  readonly name: FaultName
  readonly description: string
  readonly params: Readonly<Record<string, FaultParam>>
  /**
   * What the provider bills for it: `nothing`; the `input` alone; what was `produced` before it struck; or `all`, because the
   * answer was made and lost on its way.
   */
  readonly bills: 'nothing' | 'input' | 'produced' | 'all'
}

export interface FaultParam {
  readonly description: string
  readonly default: string | number | boolean
}

/** A fault to inject: its name, and the parameters that differ from their defaults. */
export interface Fault {
  readonly type: FaultName
  readonly [param: string]: string | number | boolean
}

const after: FaultParam = { description: 'content deltas that are sent before it strikes', default: 3 }

const pushback = {
  retryAfter: {
    description: 'the Retry-After header verbatim, be it a date or nonsense; empty sends none',
    default: '',
  },
  retryAfterMs: { description: 'the retry-after-ms header, in milliseconds; negative sends none', default: -1 },
  shouldRetry: { description: 'the x-should-retry header, `true` or `false`; empty sends none', default: '' },
} as const satisfies Record<string, FaultParam>

const table = {
  'connection-refused': {
    description:
      'The socket is destroyed before the request is read; `refusedUrl` is an address where nothing listens at all.',
    params: {},
    bills: 'nothing',
  },
  'reset-before-headers': {
    description: 'The request is read, then the connection is reset (RST) before any header.',
    params: {},
    bills: 'nothing',
  },
  'no-answer': {
    description: 'The request is read and never answered.',
    params: {},
    bills: 'input',
  },
  'rate-limited': {
    description: '429 with Retry-After.',
    params: {
      retryAfterSeconds: { description: 'the Retry-After header, in seconds', default: 1 },
      ...pushback,
    },
    bills: 'nothing',
  },
  'rate-limited-bare': { description: '429 without any hint of when to return.', params: {}, bills: 'nothing' },
  'quota-exhausted': {
    description: '429 that no retry can cure: insufficient_quota, or enforced_spend_limit_reached.',
    params: {},
    bills: 'nothing',
  },
  'bad-request': {
    description: '400: something about the request that no retry can cure.',
    params: {},
    bills: 'nothing',
  },
  'server-error': { description: '500.', params: pushback, bills: 'nothing' },
  unavailable: { description: '503.', params: pushback, bills: 'nothing' },
  overloaded: { description: '529, in either dialect.', params: pushback, bills: 'nothing' },
  'slow-first-token': {
    description: 'Everything is well, but the first content is late.',
    params: { ms: { description: 'how late, in milliseconds', default: 5000 } },
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
  'error-event-first': {
    description: 'HTTP 200, then an error as the first event; not streamed: an error envelope under HTTP 200.',
    params: { kind: { description: '`overloaded`, `server-error` or `rate-limited`', default: 'overloaded' } },
    bills: 'nothing',
  },
  'error-event-mid': {
    description: 'An error event in the middle of a stream; not streamed: an error envelope under HTTP 200.',
    params: { after, kind: { description: '`overloaded`, `server-error` or `rate-limited`', default: 'overloaded' } },
    bills: 'produced',
  },
  html: { description: 'HTTP 200 and a web page, as a proxy in between would send.', params: {}, bills: 'nothing' },
  'empty-body': { description: 'HTTP 200 and no body.', params: {}, bills: 'all' },
  'empty-object': { description: 'HTTP 200 and `{}` as the body.', params: {}, bills: 'all' },
  'malformed-json-output': {
    description: 'Structured output that is almost right.',
    params: {
      variant: {
        description:
          '`code-fence`, `trailing-comma`, `truncated`, `single-quotes`, `missing-field`, `wrong-enum` or `stringified-nested`; empty chooses by seed',
        default: '',
      },
    },
    bills: 'produced',
  },
  refusal: {
    description: 'The model refuses: stop_reason refusal with stop_details, or message.refusal.',
    params: {},
    bills: 'produced',
  },
  'content-filter': {
    description: 'A filter stops the output: finish_reason content_filter, or the error that Anthropic sends.',
    params: { after },
    bills: 'produced',
  },
  'max-tokens-in-tool-call': {
    description: 'The token limit strikes within the arguments of a tool call.',
    params: {},
    bills: 'produced',
  },
  'usage-missing': { description: 'A reply without usage.', params: {}, bills: 'produced' },
  redirect: {
    description: '307 to another origin.',
    params: { to: { description: 'the origin; empty is `refusedUrl`', default: '' } },
    bills: 'nothing',
  },
} as const satisfies Record<string, Omit<FaultKind, 'name'>>

export type FaultName = keyof typeof table

/** Every fault, for `--help`, documentation and whoever wants to try them all. */
export const faults: readonly FaultKind[] = Object.entries(table).map(([name, kind]) => ({
  name: name as FaultName,
  ...kind,
}))

const byName: ReadonlyMap<string, FaultKind> = new Map(faults.map((kind) => [kind.name, kind]))

export function faultKind(name: string): FaultKind | undefined {
  return byName.get(name)
}

/** A parameter's value: the fault's own, else the default. */
export function numberParam(fault: Fault, param: string): number {
  return Number(fault[param] ?? faultKind(fault.type)?.params[param]?.default ?? 0)
}

export function textParam(fault: Fault, param: string): string {
  return String(fault[param] ?? faultKind(fault.type)?.params[param]?.default ?? '')
}
