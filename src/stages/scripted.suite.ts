import type { Alias } from '../core/alias.ts'
import type { Call } from '../core/call.ts'
import { type Clock, sleep } from '../core/clock.ts'
import type { Delta } from '../core/delta.ts'
import type { AttemptEvent, CallEvent, SeamEvent } from '../core/event.ts'
import type { Handler } from '../core/handler.ts'
import { textOf } from '../core/message.ts'
import type { Books, CachedReply, EventSink, ReplyCache } from '../core/ports.ts'
import type { Reply } from '../core/reply.ts'
import type { ModelRequest } from '../core/request.ts'
import { beginStory } from '../core/story.ts'
import type { Target } from '../core/target.ts'
import { inputTokens, noUsage, outputTokens, type Usage } from '../core/usage.ts'
import { type InseamError, isInseamError, ProviderFailed, type ProviderFailure } from '../errors/index.ts'

/** One thing that a scripted handler does: yields a delta, waits, ends with a reply, throws, or never goes on. */
export type Step =
  | Delta
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'reply'; readonly reply: Reply }
  | { readonly type: 'throw'; readonly thrown: unknown }
  | { readonly type: 'never' }

export const wait = (ms: number): Step => ({ type: 'wait', ms })
export const reply = (changes: Partial<Reply> = {}): Step => ({ type: 'reply', reply: aReply(changes) })
export const fail = (thrown: unknown): Step => ({ type: 'throw', thrown })
export const never: Step = { type: 'never' }

/** The deltas that spell one block of text, a delta a word. */
export function spell(text: string): Delta[] {
  const words = text.split(/(?<= )/)
  return [
    { type: 'block-start', index: 0, block: { type: 'text', text: '' } },
    ...words.map((word): Delta => ({ type: 'text-delta', index: 0, text: word })),
    { type: 'block-end', index: 0 },
  ]
}

/** A failure of `lab/a`, as its dialect would report it. */
export function failure(code: ProviderFailure['code'], more: Partial<ProviderFailure> = {}): ProviderFailed {
  return new ProviderFailed({ code, said: 'no', target: 'lab/a', ...more })
}

/** A handler that follows a script, and what became of it. */
export interface Scripted {
  readonly handler: Handler
  /** Every call that it was asked, in order. */
  readonly calls: readonly Call[]
  /** How many of its answers are neither finished nor closed. */
  readonly open: number
}

/** A handler that plays one script a call, the last one for all calls after; it honours the signal, as all handlers must. */
export function scripted(clock: Clock, ...scripts: readonly (readonly Step[])[]): Scripted {
  const calls: Call[] = []
  let open = 0
  return {
    calls,
    get open() {
      return open
    },
    handler: async function* scripted(call) {
      const script = scripts[Math.min(calls.length, scripts.length - 1)] ?? []
      calls.push(call)
      open++
      try {
        for (const step of script) {
          if (step.type === 'wait') await sleep(clock, step.ms, call.signal)
          else if (step.type === 'never') await aborted(call.signal)
          else if (step.type === 'throw') throw step.thrown
          else if (step.type === 'reply') return step.reply
          else yield step
        }
        throw new Error('The script has no ending.')
      } finally {
        open--
      }
    },
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

export const anUsage: Usage = Object.freeze({ ...noUsage, inputUncached: 10, outputText: 2 })

export function aReply(changes: Partial<Reply> = {}): Reply {
  const content = changes.content ?? [{ type: 'text', text: changes.text ?? 'Hello there' }]
  return {
    id: 'msg_1',
    model: 'model-a-2026',
    ending: { type: 'completed', by: 'end' },
    rawStop: 'stop',
    usage: anUsage,
    source: 'provider',
    target: 'lab/a',
    cost: { nanoUsd: 40, status: 'priced' },
    callId: 'call_1',
    losses: [],
    ...changes,
    content,
    text: textOf(content),
  }
}

export function aTarget(name: string, changes: Partial<Target> = {}): Target {
  const [provider = '', model = ''] = name.split('/')
  return { name, provider, model, dialect: 'openai-chat', credential: 'main', weight: 1, ...changes }
}

export function anAlias(changes: Partial<Alias> = {}): Alias {
  return {
    name: 'fast',
    targets: [aTarget('lab/a')],
    order: 'priority',
    timeouts: { connectMs: 3_000, headersMs: 10_000, firstTokenMs: 10_000, idleMs: 5_000, totalMs: 60_000 },
    retry: { attempts: 1, baseMs: 500, capMs: 8_000 },
    coalesce: false,
    promptCache: '5m',
    translation: 'loud',
    onInterrupted: 'error',
    ...changes,
  }
}

/** A streaming call for {@link anAlias}, as it is below `route`. */
export function aCall(
  clock: Clock,
  { request, ...changes }: Partial<Omit<Call, 'request'>> & { readonly request?: Partial<ModelRequest> } = {},
): Call {
  const alias = changes.alias ?? anAlias()
  return {
    id: 'call_1',
    door: 'library',
    model: alias.name,
    request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }], stream: true, ...request },
    caller: {},
    alias,
    deadlineAt: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    target: alias.targets[0],
    fallbacksLeft: 0,
    story: beginStory(clock),
    ...changes,
  }
}

/** What a reader got: the deltas, and the reply or the error. */
export interface Reading {
  readonly deltas: readonly Delta[]
  readonly reply?: Reply
  readonly error?: unknown
}

/** Reads an answer to its end, whatever that is. */
export async function read(answer: AsyncGenerator<Delta, Reply, void>): Promise<Reading> {
  const deltas: Delta[] = []
  try {
    for (;;) {
      const step = await answer.next()
      if (step.done) return { deltas, reply: step.value }
      deltas.push(step.value)
    }
  } catch (error) {
    return { deltas, error }
  }
}

/** Reads to an error, which must be an `InseamError`. */
export async function readError(answer: AsyncGenerator<Delta, Reply, void>): Promise<InseamError> {
  const { error } = await read(answer)
  if (!isInseamError(error)) throw new Error(`Expected an InseamError, got ${String(error)}.`)
  return error
}

/** An event sink that keeps what it is given. */
export interface KeepingSink extends EventSink {
  readonly calls: readonly CallEvent[]
  readonly attempts: readonly AttemptEvent[]
}

export function keepEvents(): KeepingSink {
  const kept: SeamEvent[] = []
  return {
    get calls() {
      return kept.filter((event) => event.type === 'call')
    },
    get attempts() {
      return kept.filter((event) => event.type === 'attempt')
    },
    record: (event) => void kept.push(event),
    flush: async () => {},
    close: async () => {},
  }
}

/** Two nano-dollars a token in, ten a token out; `lab/unlisted` is unpriced. Estimates ten in, one a block out. */
export const flatBooks: Books = {
  price: ({ name }, usage) =>
    name === 'lab/unlisted'
      ? { nanoUsd: null, status: 'unpriced' }
      : {
          nanoUsd: inputTokens(usage) * 2 + outputTokens(usage) * 10,
          status: usage.source === 'measured' ? 'priced' : 'estimated',
        },
  estimate: (_target, _request, arrived) => ({
    ...noUsage,
    source: 'estimated',
    inputUncached: 10,
    outputText: arrived.length,
  }),
  worstCase: ({ name }, { maxOutputTokens = 100 }) =>
    name === 'lab/unlisted'
      ? { type: 'unbounded', because: 'nobody knows its price', fix: 'Set `prices`.' }
      : { type: 'bounded', nanoUsd: 200 * 2 + maxOutputTokens * 10 },
}

/** A reply cache in a map, open to inspection. */
export function mapCache(): ReplyCache & { readonly entries: ReadonlyMap<string, CachedReply> } {
  const entries = new Map<string, CachedReply>()
  return {
    entries,
    get: async (key) => entries.get(key),
    set: async (key, value) => void entries.set(key, value),
    close: async () => {},
  }
}
