import type { SeamEvent } from '../core/event.ts'
import type { EventSink } from '../core/ports.ts'

const warnedOf = new WeakSet<EventSink>()

/**
 * Hands an event to its sink. Never throws: a sink that does so, against its contract, loses the event and not the call,
 * and the process is warned of it once.
 */
export function recordEvent(events: EventSink, event: SeamEvent): void {
  try {
    events.record(event)
  } catch (thrown) {
    if (warnedOf.has(events)) return
    warnedOf.add(events)
    process.emitWarning(`The event sink threw, and events are being lost: ${String(thrown)}`, 'InseamWarning')
  }
}
