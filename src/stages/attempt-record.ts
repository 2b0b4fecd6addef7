import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { collect } from '../core/collect.ts'
import type { ProviderPart } from '../core/delta.ts'
import { type AttemptEvent, eventSchemaVersion, type Outcome } from '../core/event.ts'
import { newId } from '../core/identifier.ts'
import { type Block, textOf } from '../core/message.ts'
import type { Books, EventSink } from '../core/ports.ts'
import type { ProviderReply } from '../core/provider.ts'
import { deltasOf } from '../core/replay.ts'
import type { Reply } from '../core/reply.ts'
import type { Target } from '../core/target.ts'
import { noUsage, outputTokens, type Usage } from '../core/usage.ts'
import type { InseamError } from '../errors/index.ts'
import { failureOf, outcomeOf } from './outcome.ts'
import { promptCacheSaving } from './prompt-cache-saving.ts'
import { recordEvent } from './record-event.ts'

/** What the record of an attempt needs. */
export interface AttemptRecordOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly books: Pick<Books, 'price' | 'estimate'>
  readonly events: EventSink
}

/** What an attempt saw, written down once: by `succeed` or `fail`, whichever comes first. */
export interface AttemptRecord {
  readonly isSettled: boolean
  see(part: ProviderPart): void
  /** An answer that came whole and is no success. */
  seeWhole(reply: ProviderReply): void
  /** The first content is being passed on. */
  commit(): void
  /** The reply with its usage and cost. */
  succeed(reply: ProviderReply): Reply
  /** The same error, with what had arrived and what it cost. `whole`: what came all the same, once nobody waited for it. */
  fail(error: InseamError, whole?: ProviderReply): InseamError
  /** Whether the provider bills what it answers from here on. */
  isBilled(): boolean
  /** The attempt is read on though its caller has left. The same error, with what has arrived and an estimate of its cost. */
  leave(error: InseamError): InseamError
}

/** Begins the record of an attempt at a target. */
export function beginRecord(call: Call, target: Target, options: AttemptRecordOptions): AttemptRecord {
  const { clock, random, books, events } = options
  const ordinal = call.story.beginAttempt()
  const startedAt = clock.now()
  const startedOn = clock.date()
  const attemptId = call.reservation?.id ?? newId('attempt', startedOn, random)
  const collector = collect()
  const times: { connectMs?: number; headersMs?: number; firstTokenMs?: number } = {}
  let status: number | undefined
  let requestId: string | undefined
  let told: Usage | null = null
  // No provider charges for a count, whatever becomes of it.
  const isFree = call.request.operation === 'count-tokens'
  const since = () => clock.now() - startedAt
  call.story.note({ type: 'attempt-started', attempt: ordinal, target: target.name })

  const settle = (outcome: Outcome, usage: Usage, answer?: Pick<ProviderReply, 'model' | 'cacheMiss'>) => {
    record.isSettled = true
    const cost = books.price(target, isFree ? noUsage : usage)
    const event: AttemptEvent = {
      type: 'attempt',
      schemaVersion: eventSchemaVersion,
      attemptId,
      callId: call.id,
      ordinal,
      provider: target.provider,
      model: target.model,
      answeredModel: answer?.model,
      credential: target.credential,
      dialect: target.dialect,
      streamed: call.request.stream,
      startedAt: startedOn,
      ...times,
      totalMs: since(),
      status,
      requestId,
      outcome,
      usage,
      cacheMiss: answer?.cacheMiss,
      cost,
      promptCacheSavedNanoUsd: promptCacheSaving(books, target, usage, cost),
    }
    // An answer that nobody can price may have cost all that was set aside for it.
    const isUnknown = cost.nanoUsd === null || usage.source === 'estimated' || mayHaveGoneOn.has(status)
    if (isUnknown) call.reservation?.presume(cost.nanoUsd ?? call.worstNanoUsd ?? 0)
    else call.reservation?.settle(cost.nanoUsd)
    call.story.settle(event)
    call.story.note({ type: 'attempt-ended', attempt: ordinal, outcome: outcome.errorCode ?? outcome.ending })
    recordEvent(events, event)
    return cost
  }

  /** A provider bills what it began to answer: not what never reached it, and not what it refused with an error status. */
  const wasBilled = () => !isFree && times.connectMs !== undefined && (status === undefined || status < 300)

  const usageOf = (content: readonly Block[]): Usage =>
    wasBilled() ? interruptedUsage(told, books.estimate(target, call.request, content)) : noUsage

  const record = {
    isSettled: false,
    see: (part: ProviderPart) => {
      switch (part.type) {
        case 'connected':
          times.connectMs = since()
          break
        case 'answered':
          times.headersMs = since()
          status = part.status
          requestId = part.requestId
          break
        case 'usage':
          told = part.usage
          break
        default:
          collector.add(part)
      }
    },
    seeWhole: ({ content = [], usage }: ProviderReply) => {
      for (const delta of deltasOf(content)) collector.add(delta)
      told = usage
    },
    commit: () => {
      times.firstTokenMs = since()
      call.story.note({ type: 'committed' })
    },
    succeed: ({ content = collector.content(), usage, ...reply }: ProviderReply): Reply => {
      const known = isFree
        ? { ...noUsage, source: usage?.source ?? 'measured' }
        : (usage ?? interruptedUsage(told, books.estimate(target, call.request, content)))
      const cost = settle(outcomeOf(reply), known, reply)
      const text = textOf(content)
      return {
        ...reply,
        content,
        text,
        usage: known,
        source: 'provider',
        target: target.name,
        cost,
        callId: call.id,
        losses: [],
      }
    },
    fail: (error: InseamError, whole?: ProviderReply) => {
      if (record.isSettled) return error
      const content = whole?.content ?? collector.content()
      const usage = whole?.usage ?? usageOf(content)
      const cost = settle(failureOf(error), usage, whole)
      error.arrived = { content, usage, cost }
      return error
    },
    isBilled: wasBilled,
    leave: (error: InseamError) => {
      const content = collector.content()
      const usage = usageOf(content)
      error.arrived = { content, usage, cost: books.price(target, usage) }
      call.story.note({ type: 'drained', attempt: ordinal })
      return error
    },
  }
  return record
}

/** Somebody on the way stopped waiting, and the provider may have answered all the same, and bill it. */
const mayHaveGoneOn: ReadonlySet<number | undefined> = new Set([408, 504, 524])

/** The input that the provider told, if it did; of its output, what it told or what arrived, whichever is more. */
function interruptedUsage(told: Usage | null, estimated: Usage): Usage {
  if (!told) return estimated
  if (outputTokens(told) >= outputTokens(estimated)) return { ...told, source: 'estimated' }
  const { outputText, outputReasoning } = estimated
  return { ...told, source: 'estimated', outputText, outputReasoning }
}
