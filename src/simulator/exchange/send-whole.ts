import type { Dialect, ReplyMaterial } from '../dialect.ts'
import { errorEventProblem, filteredProblem } from '../faults/error-event.ts'
import { type Fault, numberParam, textParam } from '../faults/faults.ts'
import { type ShapedBody, shapeBody } from '../faults/shape-body.ts'
import { outputTokens, reasoningTokens } from '../model/answer-tokens.ts'
import { statusOf } from '../problem.ts'
import type { Pace } from '../scenario/scenario.ts'
import type { Exchange } from './exchange.ts'
import { sendBomb } from './send-bomb.ts'
import { aborted, wait } from './wait.ts'

/** Sends a reply that is not streamed, once the model would have finished it, and as the fault makes it. */
export async function sendWhole(
  exchange: Exchange,
  dialect: Dialect,
  material: ReplyMaterial,
  headers: Readonly<Record<string, string>>,
  pace: Required<Pace>,
  fault: Fault | undefined,
): Promise<void> {
  const json = { ...headers, 'content-type': 'application/json' }
  const failure = fault === undefined ? undefined : failedReply(fault, dialect, exchange.id)
  if (failure !== undefined) return exchange.send(failure.status, json, failure.body)
  if (fault?.type === 'ping-only') return sendBlankLines(exchange, json, numberParam(fault, 'intervalMs'))
  if (!(await generate(exchange, material, pace))) return

  const body = JSON.stringify(dialect.reply(material))
  const length = { 'content-length': String(Buffer.byteLength(body)) }
  const half = body.slice(0, Math.floor(body.length / 2))
  switch (fault?.type) {
    case 'gzip-bomb':
      exchange.meter.reported = !material.omitUsage
      return sendBomb(exchange, json, ' ', numberParam(fault, 'bytes'), Buffer.from(body))
    case 'stall':
      exchange.head(200, { ...json, ...length })
      await exchange.write(half)
      return aborted(exchange.signal)
    case 'cut':
      exchange.head(200, { ...json, ...length })
      await exchange.write(half)
      return exchange.cut(fault.reset === true ? 'reset' : 'close')
    default: {
      const shaped = shapeBody(body, fault)
      exchange.meter.reported = !material.omitUsage && shaped.tells
      return sendShaped(exchange, json, shaped)
    }
  }
}

/** A body as a fault has left it. */
export function sendShaped(
  exchange: Exchange,
  headers: Readonly<Record<string, string>>,
  { body, headers: own }: ShapedBody,
): void | Promise<void> {
  const all = { ...headers, ...own }
  return typeof body === 'string' ? exchange.send(200, all, body) : exchange.sendBytes(200, all, body)
}

function failedReply(fault: Fault, dialect: Dialect, requestId: string): { status: number; body: string } | undefined {
  if (fault.type === 'error-event-first' || fault.type === 'error-event-mid') {
    const problem = errorEventProblem(textParam(fault, 'kind'))
    return { status: 200, body: JSON.stringify(dialect.errorBody(problem, requestId)) }
  }
  if (fault.type === 'content-filter' && dialect.name === 'anthropic-messages') {
    return {
      status: statusOf[filteredProblem.kind],
      body: JSON.stringify(dialect.errorBody(filteredProblem, requestId)),
    }
  }
  return undefined
}

/** Takes the time that the answer takes to write; what was written is billed even where the client left meanwhile. */
async function generate(exchange: Exchange, material: ReplyMaterial, pace: Required<Pace>): Promise<boolean> {
  const total = material.answers.reduce((sum, answer) => sum + outputTokens(answer), 0)
  const reasoning = material.answers.reduce((sum, answer) => sum + reasoningTokens(answer), 0)
  const startedAt = performance.now()
  const durationMs = pace.firstTokenMs + Math.max(0, total - 1) * pace.tokenMs
  const finished = durationMs === 0 || (await wait(durationMs, exchange.signal))
  const writingMs = performance.now() - startedAt - pace.firstTokenMs
  const written = finished ? total : writingMs < 0 ? 0 : Math.min(total, Math.floor(writingMs / pace.tokenMs) + 1)
  exchange.meter.output = written
  exchange.meter.reasoning = Math.min(written, reasoning)
  return finished && !exchange.signal.aborted
}

async function sendBlankLines(
  exchange: Exchange,
  headers: Readonly<Record<string, string>>,
  everyMs: number,
): Promise<void> {
  exchange.head(200, headers)
  while (await exchange.write('\n')) {
    if (!(await wait(everyMs, exchange.signal))) return
  }
}
