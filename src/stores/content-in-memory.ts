import type { SeamEvent } from '../core/event.ts'

/** How many events may hold content in memory at a time. The content of one call is at most 64 KiB: 64 MB in all. */
export const mostWithContent = 1_000

/** The event, its content left out and marked as cut. */
export function withoutContent(event: SeamEvent): SeamEvent {
  return event.type === 'call' && event.content ? { ...event, content: { messages: [], isCut: true } } : event
}
