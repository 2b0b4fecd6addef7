import type { Dialect, RateLimits } from '../dialect.ts'
import type { RefusalByFault } from '../faults/refuse-by-fault.ts'
import { shapeError } from '../faults/shape-error.ts'
import { type Problem, statusOf } from '../problem.ts'
import type { Exchange } from './exchange.ts'

interface Clock {
  readonly now: () => number
}

/** Answers with an error in the dialect's envelope. */
export function refuse(exchange: Exchange, dialect: Dialect, problem: Problem, around: Clock): void {
  const { status, headers } = headOf(exchange, dialect, problem, around)
  exchange.send(status, headers, JSON.stringify(dialect.errorBody(problem, exchange.id)))
}

/** Answers with an error as the fault makes it. */
export async function sendRefusal(
  exchange: Exchange,
  dialect: Dialect,
  { problem, headers: extra, shape = 'envelope', bytes }: RefusalByFault,
  around: Clock,
): Promise<void> {
  const { status, headers } = headOf(exchange, dialect, problem, around)
  if (bytes !== undefined) return sendHuge(exchange, dialect, problem, { status, headers, bytes })
  if (status === 200 && exchange.streamed) {
    const frame = dialect.errorFrame(problem, exchange.id)
    exchange.head(200, { ...headers, ...extra, 'content-type': 'text/event-stream' })
    return exchange.end(frame)
  }
  const { body, type } = shapeError(dialect.errorBody(problem, exchange.id), problem.message, shape)
  return exchange.send(status, { ...headers, 'content-type': type, ...extra }, body)
}

interface HugeRefusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: number
}

const chunk = Buffer.alloc(65_536, 'x')
const words = '\u{e000}'

/** The envelope with a message that makes the body so long, written as fast as the client reads. */
async function sendHuge(
  exchange: Exchange,
  dialect: Dialect,
  problem: Problem,
  { status, headers, bytes }: HugeRefusal,
): Promise<void> {
  const envelope = JSON.stringify(dialect.errorBody({ ...problem, message: words }, exchange.id))
  const [before = '', after = ''] = envelope.split(words)
  exchange.head(status, headers)
  if (!(await exchange.write(before))) return
  for (let left = bytes - before.length - after.length; left > 0; left -= chunk.length) {
    if (!(await exchange.write(left < chunk.length ? chunk.subarray(0, left) : chunk))) return
  }
  exchange.end(after)
}

function headOf(
  exchange: Exchange,
  dialect: Dialect,
  problem: Problem,
  around: Clock,
): { status: number; headers: Record<string, string> } {
  const limited = problem.kind === 'rate-limited' || problem.kind === 'quota-exhausted'
  const refusal = dialect.refusal?.(problem)
  const headers = {
    ...dialect.headers(exchange.id, rateLimits(around, limited ? 0 : 9_999)),
    ...refusal?.headers,
    'content-type': 'application/json',
  }
  return { status: refusal?.status ?? problem.status ?? statusOf[problem.kind], headers }
}

export function rateLimits(around: Clock, remaining: number): RateLimits {
  return {
    requests: 10_000,
    remainingRequests: remaining,
    tokens: 2_000_000,
    remainingTokens: remaining === 0 ? 0 : 1_998_000,
    resetsAtMs: around.now() + 1000,
  }
}
