import type { Call } from '../core/call.ts'
import { type Delta, isContent, type ProviderPart } from '../core/delta.ts'
import { close, type Handler } from '../core/handler.ts'
import type { Provider, ProviderReply } from '../core/provider.ts'
import { deltasOf } from '../core/replay.ts'
import type { Target } from '../core/target.ts'
import { asInseamError, CallAborted, CallTimedOut, DeadlineExceeded, type InseamError } from '../errors/index.ts'
import { startClocks } from './attempt-clocks.ts'
import { type AttemptRecordOptions, beginRecord } from './attempt-record.ts'
import type { Gates } from './gates.ts'
import { guardOutput } from './guard-output.ts'
import { interruptible } from './interruptible.ts'
import { readOn } from './read-on.ts'
import { aliasOf, deadlineOf, targetOf } from './routed.ts'

/** What an attempt needs. */
export interface AttemptOptions extends AttemptRecordOptions {
  readonly providerOf: (target: Target) => Provider
  /** What is told of each exchange, for the calls to come. Default: nobody. */
  readonly gates?: Gates
}

/**
 * Makes one exchange with the target's provider, under its clocks, and writes its line in the books, whatever becomes of it.
 * Yields nothing before content, so that the first delta to pass a stage is the commit. Ends at once when the caller leaves
 * or a clock runs out, even where a provider does not listen. A target that bills its whole answer may be read on then, for the books,
 * until that ends, the deadline or a clock. Nothing is sent once the deadline has passed. Innermost: it ends the pipeline.
 */
export function attempt(options: AttemptOptions): Handler {
  const { clock, providerOf, gates } = options
  /** What was set aside for an attempt that cannot begin is given back. */
  const begin = (call: Call, target: Target, signal: AbortSignal): ReturnType<Provider['run']> => {
    try {
      if (call.signal.aborted) throw call.signal.reason
      const deadlineAt = deadlineOf(call)
      // The timer of a busy process comes late, and what else was due before it.
      if (clock.now() >= deadlineAt) throw new DeadlineExceeded(deadlineAt - call.story.startedAt, aliasOf(call).name)
      return providerOf(target).run({ ...call, target, signal })
    } catch (thrown) {
      call.reservation?.release()
      throw thrown
    }
  }
  return async function* attempt(call) {
    const target = targetOf(call)
    const alias = aliasOf(call)
    const isStream = call.request.stream
    const controller = new AbortController()
    const parts = begin(call, target, controller.signal)
    const provider = interruptible()
    const stop = (reason: unknown) => {
      controller.abort(reason)
      provider.interrupt(reason)
    }
    const leave = () => (drains(call.signal.reason) ? provider.interrupt(call.signal.reason) : stop(call.signal.reason))
    const slot = call.slot ?? (call.request.operation === 'count-tokens' ? undefined : gates?.take(call, target))
    const record = beginRecord(call, target, options)
    const guard = guardOutput(target.name, call.request.maxOutputTokens)
    const clocks = startClocks(clock, alias.timeouts, {
      isStream,
      expire: (name, afterMs) => stop(new CallTimedOut(name, afterMs, { target: target.name, alias: alias.name })),
    })
    call.signal.addEventListener('abort', leave, { once: true })
    let held: Delta[] | undefined = []
    let pending: Promise<IteratorResult<ProviderPart, ProviderReply>> | undefined
    let isReadOn = false

    const drains = (reason: unknown): boolean =>
      target.drainTokens !== undefined && reason instanceof CallAborted && reason.isByCaller && record.isBilled()
    const hear = (part: ProviderPart): void => {
      record.see(part)
      guard.see(part)
      if (part.type === 'connected') clocks.connected()
      else if (part.type === 'answered') {
        clocks.answered()
        slot?.answered(part.limits)
      } else if (part.type !== 'usage' && isContent(part)) clocks.content()
    }
    /** Its caller has left: ends the exchange, or leaves it to be read on. */
    const giveUp = (error: InseamError): InseamError => {
      if (controller.signal.aborted || !drains(error)) return record.fail(error)
      isReadOn = true
      call.story.readOn({ ended: drain(target.drainTokens ?? 0), stop: () => stop(new CallAborted()) })
      return record.leave(error)
    }
    const drain = async (maxTokens: number): Promise<void> => {
      const leftMs = deadlineOf(call) - clock.now()
      const limit = Number.isFinite(leftMs) ? clock.timer(leftMs, () => stop(new CallAborted())) : undefined
      clocks.resume()
      const hearLate = (part: ProviderPart) => {
        hear(part)
        clocks.resume()
      }
      const whole = await readOn(parts, { pending, signal: controller.signal, maxTokens, hear: hearLate })
      limit?.cancel()
      clocks.stop()
      record.fail(new CallAborted(), whole)
      slot?.release()
      controller.abort(new CallAborted())
      close(parts).catch(() => undefined)
    }
    try {
      for (;;) {
        if (controller.signal.aborted) throw controller.signal.reason
        pending = parts.next()
        const step = await provider.wait(pending)
        pending = undefined
        if (step.done) {
          clocks.stop()
          const refused = step.value.content && guard.refuse(step.value.content)
          if (refused) {
            record.seeWhole(step.value)
            throw refused
          }
          const whole = (held && isStream && step.value.content) || []
          if (whole.length > 0) record.commit()
          const reply = record.succeed(step.value)
          slot?.succeeded(reply.usage)
          slot?.release()
          if (held) yield* held
          yield* deltasOf(whole)
          return reply
        }
        const part = step.value
        hear(part)
        if (part.type === 'connected' || part.type === 'answered' || part.type === 'usage') continue
        if (held && !isContent(part)) {
          guard.hold(part)
          held.push(part)
          continue
        }
        clocks.pause()
        if (held) {
          record.commit()
          yield* held
          held = undefined
        }
        yield part
        clocks.resume()
      }
    } catch (thrown) {
      const error = giveUp(asInseamError(controller.signal.aborted ? controller.signal.reason : thrown))
      slot?.failed(error)
      throw error
    } finally {
      call.signal.removeEventListener('abort', leave)
      if (!record.isSettled && !isReadOn)
        giveUp(controller.signal.aborted ? controller.signal.reason : new CallAborted())
      if (!isReadOn) {
        clocks.stop()
        slot?.release()
        const closed = close(parts)
        if (pending) closed.catch(() => undefined)
        else await closed
      }
    }
  }
}
