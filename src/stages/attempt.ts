import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { collect } from '../core/collect.ts'
import { type Delta, isContent, type ProviderPart } from '../core/delta.ts'
import { type AttemptEvent, eventSchemaVersion, type Outcome } from '../core/event.ts'
import { close, type Handler } from '../core/handler.ts'
import { newId } from '../core/identifier.ts'
import { type Block, textOf } from '../core/message.ts'
import type { Books, EventSink } from '../core/ports.ts'
import type { Provider, ProviderReply } from '../core/provider.ts'
import { deltasOf } from '../core/replay.ts'
import type { Reply } from '../core/reply.ts'
import type { Target } from '../core/target.ts'
import { noUsage, outputTokens, type Usage } from '../core/usage.ts'
import { asInseamError, CallAborted, CallTimedOut, type InseamError } from '../errors/index.ts'
import { startClocks } from './attempt-clocks.ts'
import { failureOf, outcomeOf } from './observe.ts'
import { aliasOf, targetOf } from './routed.ts'

/** What an attempt needs. */
export interface AttemptOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly books: Books
  readonly events: EventSink
  readonly providerOf: (target: Target) => Provider
}

/**
 * Makes one exchange with the target's provider, under its clocks, and writes its line in the books, whatever becomes of it.
 * Yields nothing before content, so that the first delta to pass a stage is the commit. Innermost: it ends the pipeline.
 */
export function attempt(options: AttemptOptions): Handler {
  const { clock, providerOf } = options
  return async function* attempt(call) {
    if (call.signal.aborted) throw call.signal.reason
    const target = targetOf(call)
    const alias = aliasOf(call)
    const isStream = call.request.stream
    const controller = new AbortController()
    const leave = () => controller.abort(call.signal.reason)
    const record = beginRecord(call, target, options)
    const clocks = startClocks(clock, alias.timeouts, {
      isStream,
      expire: (name, afterMs) =>
        controller.abort(new CallTimedOut(name, afterMs, { target: target.name, alias: alias.name })),
    })
    call.signal.addEventListener('abort', leave, { once: true })
    const parts = providerOf(target).run({ ...call, target, signal: controller.signal })
    let held: Delta[] | undefined = []
    try {
      for (;;) {
        clocks.waiting(true)
        const step = await parts.next()
        clocks.waiting(false)
        if (step.done) {
          clocks.stop()
          const reply = record.succeed(step.value)
          if (held) yield* held
          if (isStream && step.value.content) yield* deltasOf(step.value.content)
          return reply
        }
        const part = step.value
        record.see(part)
        if (part.type === 'connected') clocks.connected()
        else if (part.type === 'answered') clocks.answered()
        else if (part.type !== 'usage') {
          const isCommit = isContent(part)
          if (isCommit) clocks.content()
          if (held && isCommit) {
            record.commit()
            yield* held
            held = undefined
          }
          if (held) held.push(part)
          else yield part
        }
      }
    } catch (thrown) {
      throw record.fail(asInseamError(controller.signal.aborted ? controller.signal.reason : thrown))
    } finally {
      clocks.stop()
      call.signal.removeEventListener('abort', leave)
      record.fail(new CallAborted())
      await close(parts)
    }
  }
}

/** Keeps what an attempt saw, and writes it down once. */
function beginRecord(call: Call, target: Target, { clock, random, books, events }: AttemptOptions) {
  const ordinal = call.story.beginAttempt()
  const startedAt = clock.now()
  const startedOn = clock.date()
  const attemptId = newId('attempt', startedOn, random)
  const collector = collect()
  const times: { connectMs?: number; headersMs?: number; firstTokenMs?: number } = {}
  let status: number | undefined
  let requestId: string | undefined
  let told: Usage | null = null
  let isSettled = false
  const since = () => clock.now() - startedAt
  call.story.note({ type: 'attempt-started', attempt: ordinal, target: target.name })

  const settle = (outcome: Outcome, usage: Usage, answeredModel?: string) => {
    isSettled = true
    const cost = books.price(target, usage)
    const event: AttemptEvent = {
      type: 'attempt',
      schemaVersion: eventSchemaVersion,
      attemptId,
      callId: call.id,
      ordinal,
      provider: target.provider,
      model: target.model,
      answeredModel,
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
      cost,
    }
    call.story.settle(event)
    call.story.note({ type: 'attempt-ended', attempt: ordinal, outcome: outcome.errorCode ?? outcome.ending })
    events.record(event)
    return cost
  }

  /** What it used as far as the provider told; the rest is estimated, and flagged. */
  const usageOf = (usage: Usage | null, content: readonly Block[]): Usage =>
    usage ?? books.estimate(target, call.request, content)

  /** A provider bills what it began to answer: not what never reached it, and not what it refused with an error status. */
  const wasBilled = () => times.connectMs !== undefined && (status === undefined || status < 300)

  return {
    see(part: ProviderPart) {
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
    commit() {
      times.firstTokenMs = since()
      call.story.note({ type: 'committed' })
    },
    succeed({ content = collector.content(), usage, ...reply }: ProviderReply): Reply {
      const known = usageOf(usage, content)
      const cost = settle(outcomeOf(reply), known, reply.model)
      const text = textOf(content)
      return { ...reply, content, text, usage: known, source: 'provider', target: target.name, cost, callId: call.id }
    },
    fail(error: InseamError): InseamError {
      if (isSettled) return error
      const content = collector.content()
      const usage = wasBilled() ? interruptedUsage(told, books.estimate(target, call.request, content)) : noUsage
      const cost = settle(failureOf(error), usage)
      error.arrived = { content, usage, cost }
      return error
    },
  }
}

/** The input that the provider told, if it did; of its output, what it told or what arrived, whichever is more. */
function interruptedUsage(told: Usage | null, estimated: Usage): Usage {
  if (!told) return estimated
  if (outputTokens(told) >= outputTokens(estimated)) return { ...told, source: 'estimated' }
  const { outputText, outputReasoning } = estimated
  return { ...told, source: 'estimated', outputText, outputReasoning }
}
