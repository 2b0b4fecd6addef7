import { type Clock, sleep } from '../../src/core/clock.ts'
import type { Delta, ProviderPart } from '../../src/core/delta.ts'
import type { Block } from '../../src/core/message.ts'
import { textOf } from '../../src/core/message.ts'
import type { Provider, ProviderReply, RoutedCall } from '../../src/core/provider.ts'
import type { Ending } from '../../src/core/reply.ts'
import { noUsage, type Usage } from '../../src/core/usage.ts'
import { ProviderFailed, ReplyUnreadable, StreamInterrupted } from '../../src/errors/index.ts'
import type { Chance } from './chance.ts'

/** What a provider does with one exchange. */
const fates = [
  'answer',
  'refuse-connection',
  'overloaded',
  'rate-limited',
  'server-error',
  'rejected',
  'garbage',
  'silence-at-first',
  'silence-midway',
  'cut',
  'truncate',
  'decline',
] as const
type Fate = (typeof fates)[number]

/** One exchange as the provider saw it. */
export interface Exchange {
  readonly callId: string
  readonly target: string
  readonly fate: Fate
  readonly startedAt: number
  /** How many tokens more it may be read after its caller has left. */
  readonly drainTokens: number | undefined
  /** What it was about to say; the same for the same question. */
  readonly words: readonly string[]
  /** How many of them it said. */
  said: number
  /** The usage that it told, where it told any. */
  told: Usage | null
  /** Whether it said that it had finished. */
  isFinished: boolean
  endedAt: number | undefined
}

/** A provider that fails as chance has it, and what it saw. */
export interface FaultyProvider extends Provider {
  readonly exchanges: readonly Exchange[]
}

/** What makes a provider worse: the probability that an exchange meets another fate than an answer, by time. */
export type Weather = (now: number) => number

/** Honours the signal, as all providers must; answers the same question with the same words, most of the time. */
export function faultyProvider(name: string, clock: Clock, chance: Chance, weather: Weather): FaultyProvider {
  const exchanges: Exchange[] = []

  async function* run(call: RoutedCall): AsyncGenerator<ProviderPart, ProviderReply, void> {
    const fate = chance.happens(weather(clock.now())) ? chance.pick(fates) : 'answer'
    const exchange: Exchange = {
      callId: call.id,
      target: call.target.name,
      fate,
      startedAt: clock.now(),
      drainTokens: call.target.drainTokens,
      words: wordsFor(call, chance),
      said: 0,
      told: null,
      isFinished: false,
      endedAt: undefined,
    }
    exchanges.push(exchange)
    const pause = (ms: number) => sleep(clock, ms, call.signal)
    const failed = (code: ProviderFailed['code'], status: number, retryAfterMs?: number) =>
      new ProviderFailed({ code, said: fate, target: call.target.name, providerStatus: status, retryAfterMs })
    try {
      await pause(chance.between(0, 40))
      if (fate === 'refuse-connection') {
        throw new ProviderFailed({ code: 'connection-failed', said: 'refused', target: call.target.name })
      }
      yield { type: 'connected' }
      await pause(fate === 'silence-at-first' ? 1e9 : chance.between(5, 400))
      const refusal = refusals[fate]
      if (refusal) {
        yield { type: 'answered', status: refusal.status }
        throw failed(refusal.code, refusal.status, refusal.waits ? chance.between(10, 3_000) : undefined)
      }
      yield { type: 'answered', status: 200 }
      if (fate === 'garbage') throw new ReplyUnreadable(call.target.name, 'an HTML page')
      return yield* answer(call, exchange, pause)
    } finally {
      exchange.endedAt = clock.now()
    }
  }

  async function* answer(
    call: RoutedCall,
    exchange: Exchange,
    pause: (ms: number) => Promise<void>,
  ): AsyncGenerator<ProviderPart, ProviderReply, void> {
    const { fate, words } = exchange
    const isStream = call.request.stream
    const stopsAt = fate === 'answer' || fate === 'decline' ? words.length : chance.between(0, words.length)
    const usageFor = (count: number): Usage => ({ ...noUsage, inputUncached: 10, outputText: count, raw: { count } })
    if (isStream) yield { type: 'block-start', index: 0, block: { type: 'text', text: '' } }
    for (const word of words.slice(0, stopsAt)) {
      await pause(chance.between(0, 60))
      exchange.said++
      if (isStream) yield { type: 'text-delta', index: 0, text: word }
    }
    if (fate === 'silence-midway') await pause(1e9)
    if (fate === 'cut') throw new StreamInterrupted(call.target.name, 'the connection broke')
    if (isStream) yield { type: 'block-end', index: 0 }
    exchange.isFinished = true
    exchange.told = chance.happens(0.9) ? usageFor(exchange.said) : null
    if (exchange.told) yield { type: 'usage', usage: exchange.told }
    const content: Block[] = [{ type: 'text', text: words.slice(0, stopsAt).join('') }]
    const ending: Ending =
      fate === 'truncate'
        ? { type: 'truncated', by: 'max-tokens' }
        : fate === 'decline'
          ? { type: 'refused', by: 'content-filter' }
          : { type: 'completed', by: 'end' }
    return {
      id: `${name}-${exchanges.length}`,
      model: call.target.model,
      ending,
      rawStop: ending.type,
      usage: exchange.told,
      ...(!isStream && { content }),
    }
  }

  return { name, exchanges, run, close: async () => undefined }
}

const refusals: Partial<Record<Fate, { code: ProviderFailed['code']; status: number; waits?: boolean }>> = {
  overloaded: { code: 'overloaded', status: 529 },
  'rate-limited': { code: 'rate-limited', status: 429, waits: true },
  'server-error': { code: 'server-error', status: 500 },
  rejected: { code: 'request-rejected', status: 400 },
}

/** Now and then a model changes its mind. */
function wordsFor({ request }: RoutedCall, chance: Chance): string[] {
  const question = textOf(request.messages.at(-1)?.content ?? [])
  const words = Array.from({ length: 4 + (question.length % 7) }, (_, index) => `${question}-${index} `)
  if (chance.happens(0.15)) words[chance.between(0, words.length - 1)] = 'otherwise '
  return words
}

/** The text that deltas spell, with what was void taken out. */
export function spelt(deltas: readonly Delta[]): string {
  let text = ''
  for (const delta of deltas) {
    if (delta.type === 'restart') text = ''
    else if (delta.type === 'text-delta') text += delta.text
  }
  return text
}
