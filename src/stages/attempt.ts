import { type Delta, isContent } from '../core/delta.ts'
import { close, type Handler } from '../core/handler.ts'
import type { Provider } from '../core/provider.ts'
import { deltasOf } from '../core/replay.ts'
import type { Target } from '../core/target.ts'
import { asInseamError, CallAborted, CallTimedOut } from '../errors/index.ts'
import { startClocks } from './attempt-clocks.ts'
import { type AttemptRecordOptions, beginRecord } from './attempt-record.ts'
import { interruptible } from './interruptible.ts'
import { aliasOf, targetOf } from './routed.ts'

/** What an attempt needs. */
export interface AttemptOptions extends AttemptRecordOptions {
  readonly providerOf: (target: Target) => Provider
}

/**
 * Makes one exchange with the target's provider, under its clocks, and writes its line in the books, whatever becomes of it.
 * Yields nothing before content, so that the first delta to pass a stage is the commit. Ends at once when the caller leaves
 * or a clock runs out, even where a provider does not listen. Innermost: it ends the pipeline.
 */
export function attempt(options: AttemptOptions): Handler {
  const { clock, providerOf } = options
  return async function* attempt(call) {
    if (call.signal.aborted) throw call.signal.reason
    const target = targetOf(call)
    const alias = aliasOf(call)
    const isStream = call.request.stream
    const controller = new AbortController()
    const parts = providerOf(target).run({ ...call, target, signal: controller.signal })
    const provider = interruptible()
    const stop = (reason: unknown) => {
      controller.abort(reason)
      provider.interrupt(reason)
    }
    const leave = () => stop(call.signal.reason)
    const record = beginRecord(call, target, options)
    const clocks = startClocks(clock, alias.timeouts, {
      isStream,
      expire: (name, afterMs) => stop(new CallTimedOut(name, afterMs, { target: target.name, alias: alias.name })),
    })
    call.signal.addEventListener('abort', leave, { once: true })
    let held: Delta[] | undefined = []
    let isWaiting = false
    try {
      for (;;) {
        if (controller.signal.aborted) throw controller.signal.reason
        isWaiting = true
        const step = await provider.wait(parts.next())
        isWaiting = false
        if (step.done) {
          clocks.stop()
          const whole = (held && isStream && step.value.content) || []
          if (whole.length > 0) record.commit()
          const reply = record.succeed(step.value)
          if (held) yield* held
          yield* deltasOf(whole)
          return reply
        }
        const part = step.value
        record.see(part)
        if (part.type === 'connected') clocks.connected()
        else if (part.type === 'answered') clocks.answered()
        else if (part.type !== 'usage') {
          const isCommit = isContent(part)
          if (isCommit) clocks.content()
          if (held && !isCommit) {
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
      }
    } catch (thrown) {
      throw record.fail(asInseamError(controller.signal.aborted ? controller.signal.reason : thrown))
    } finally {
      clocks.stop()
      call.signal.removeEventListener('abort', leave)
      if (!record.isSettled) record.fail(controller.signal.aborted ? controller.signal.reason : new CallAborted())
      const closed = close(parts)
      if (isWaiting) closed.catch(() => undefined)
      else await closed
    }
  }
}
