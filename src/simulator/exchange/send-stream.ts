import type { Frame } from '../dialect.ts'
import type { StreamStep } from '../faults/stream-with-fault.ts'
import type { Pace } from '../scenario/scenario.ts'
import type { Exchange } from './exchange.ts'
import { aborted, breathe, wait } from './wait.ts'

const framesBetweenBreaths = 32

/** Sends events at a pace, server-sent ones where the headers say nothing else, until they end or the client leaves. What ends a stream goes out in one piece. */
export async function sendStream(
  exchange: Exchange,
  steps: Iterable<StreamStep>,
  headers: Readonly<Record<string, string>>,
  pace: Required<Pace>,
): Promise<void> {
  exchange.head(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers })
  const clock = streamClock(pace)
  const ending: Frame[] = []
  let unpaced = 0
  for (const step of steps) {
    if (step.type === 'hang') return aborted(exchange.signal)
    if (step.type === 'cut') return exchange.cut(step.how)
    if (step.type === 'pause') {
      clock.delay(step.ms)
      if (!(await wait(step.ms, exchange.signal))) return
      continue
    }
    const { frame } = step
    if (frame.kind === 'ending') {
      ending.push(frame)
      continue
    }
    const waitMs = clock.untilDue(frame)
    if (waitMs > 0) {
      if (!(await wait(waitMs, exchange.signal))) return
    } else if (++unpaced % framesBetweenBreaths === 0) await breathe()
    if (exchange.signal.aborted) return
    exchange.meter.output += frame.outputTokens
    exchange.meter.reasoning += frame.reasoningTokens
    if (frame.text.length > 0 && !(await exchange.write(frame.text))) return
  }
  if (exchange.signal.aborted) return
  exchange.meter.reported = ending.some((frame) => frame.carriesUsage)
  exchange.end(Buffer.concat(ending.map(({ text }) => (typeof text === 'string' ? Buffer.from(text) : text))))
}

/** When each frame is due, counted from the start, so that small delays do not add up. */
function streamClock(pace: Required<Pace>) {
  let startedAt = performance.now()
  let tokens = 0
  return {
    delay(ms: number): void {
      startedAt += ms
    },
    untilDue(frame: Frame): number {
      const before = tokens
      tokens += frame.outputTokens
      if (frame.kind !== 'content' || (pace.firstTokenMs === 0 && pace.tokenMs === 0)) return 0
      return startedAt + pace.firstTokenMs + before * pace.tokenMs - performance.now()
    },
  }
}
