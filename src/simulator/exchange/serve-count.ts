import type { Dialect } from '../dialect.ts'
import { shapeBody } from '../faults/shape-body.ts'
import type { JsonObject } from '../json.ts'
import type { Problem } from '../problem.ts'
import type { Behaviour } from '../scenario/choose-behaviour.ts'
import type { Exchange } from './exchange.ts'
import { sendShaped } from './send-whole.ts'
import { answerHeaders, failByFault, type Surroundings, whyRefused } from './serve-completion.ts'
import { aborted } from './wait.ts'

/**
 * Counts the tokens of a request: as many as its answer would be billed for. It bills nothing. Faults of the answer's shape, which a
 * count has none of, leave it whole.
 */
export async function serveCount(
  exchange: Exchange,
  dialect: Dialect,
  body: JsonObject,
  behaviour: Behaviour,
  around: Surroundings,
): Promise<void> {
  const { counting } = dialect
  if (counting === undefined) throw new TypeError(`${dialect.name} counts nothing.`)
  if (await failByFault(exchange, dialect, behaviour, around, () => problemOf(body))) return
  const { prompt } = dialect.read(counting.request(body))
  const tokens = prompt.reduce((sum, segment) => sum + segment.tokens, 0)
  const headers = { ...answerHeaders(exchange, dialect, around), 'content-type': 'application/json' }
  const whole = JSON.stringify(counting.reply(tokens))
  switch (behaviour.fault?.type) {
    case 'no-answer':
      return aborted(exchange.signal)
    case 'cut':
      return exchange.send(200, headers, whole.slice(0, Math.floor(whole.length / 2)))
    default:
      return sendShaped(exchange, headers, shapeBody(whole, behaviour.fault))
  }

  function problemOf(body: JsonObject): Problem | undefined {
    return counting?.check(body) ?? whyRefused(dialect, counting?.request(body) ?? body, behaviour, around)
  }
}
