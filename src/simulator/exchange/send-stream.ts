import type { Frame } from '../dialect.ts'
import type { StreamEncoder } from '../faults/encode.ts'
import type { FrameStep, StreamStep } from '../faults/stream-step.ts'
import type { Pace } from '../scenario/scenario.ts'
import type { Exchange } from './exchange.ts'
import { aborted, breathe, wait } from './wait.ts'

const framesBetweenBreaths = 32
/** Each piece is a chunk of HTTP to itself; only some share a packet. */
const piecesBetweenBreaths = 4

/** Sends events at a pace, server-sent ones where the headers say nothing else, until they end or the client leaves. What ends a stream goes out in one piece. */
export async function sendStream(
  exchange: Exchange,
  steps: Iterable<StreamStep>,
  headers: Readonly<Record<string, string>>,
  pace: Required<Pace>,
  encoder?: StreamEncoder,
): Promise<void> {
  exchange.head(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...headers,
    ...(encoder && { 'content-encoding': encoder.name }),
  })
  const clock = streamClock(pace)
  const ending: FrameStep[] = []
  let unpaced = 0
  for (const step of steps) {
    if (step.type === 'hang' || step.type === 'cut') {
      for (const piece of endingPieces(exchange, ending)) if (!(await exchange.write(piece))) return
      return step.type === 'hang' ? aborted(exchange.signal) : exchange.cut(step.how)
    }
    if (step.type === 'pause') {
      clock.delay(step.ms)
      if (!(await wait(step.ms, exchange.signal))) return
      continue
    }
    const { frame } = step
    if (frame.kind === 'ending') {
      ending.push(step)
      continue
    }
    const waitMs = clock.untilDue(frame)
    if (waitMs > 0) {
      if (!(await wait(waitMs, exchange.signal))) return
    } else if (++unpaced % (step.apart ? piecesBetweenBreaths : framesBetweenBreaths) === 0) await breathe()
    if (exchange.signal.aborted) return
    exchange.meter.output += frame.outputTokens
    exchange.meter.reasoning += frame.reasoningTokens
    if (frame.text.length > 0 && !(await exchange.write(encoder ? await encoder.add(frame.text) : frame.text))) return
  }
  if (exchange.signal.aborted) return
  const pieces = endingPieces(exchange, ending)
  return encoder ? exchange.end(await encoder.end(Buffer.concat(pieces))) : exchange.end(...pieces)
}

/** What ends the stream, in one piece where nothing says otherwise. */
function endingPieces(exchange: Exchange, ending: readonly FrameStep[]): Uint8Array[] {
  exchange.meter.reported = ending.some(({ frame }) => frame.carriesUsage)
  const texts = ending.map(({ frame }) => (typeof frame.text === 'string' ? Buffer.from(frame.text) : frame.text))
  return ending.some(({ apart }) => apart) ? texts : [Buffer.concat(texts)]
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
