import type { Config } from '../config.ts'
import { say } from './welcome.ts'

/** Says that the gateway leaves, and what it waits for. */
export function sayLeaving(inFlight: number, noticeMs: number): void {
  if (noticeMs > 0)
    say(`Not ready any more. Serving on for ${noticeMs / 1000} s, so that balancers notice (gateway.drainNotice).`)
  if (inFlight > 0) say(`Waiting for ${counted(inFlight, 'call')} under way. Press Ctrl-C again to stop at once.`)
}

/** Says that it has left, once all is durable. */
export function sayStopped({ events }: Config): void {
  const isKept = events.store === 'sqlite' || events.store === 'postgres'
  say(isKept ? 'Stopped. Every event is on the record.' : 'Stopped. No record was kept.')
}

/** What a second signal loses. */
export function whatIsLost(inFlight: number, unflushed: number): string {
  return `Stopped at once: ${counted(inFlight, 'call')} cut off and not on the record, ${counted(unflushed, 'event')} not written.`
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
