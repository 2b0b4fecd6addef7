import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from './exchange/read-body.ts'
import { ScenarioInvalid } from './scenario/check-scenario.ts'
import type { Scenario } from './scenario/scenario.ts'
import type { SimulatorState } from './simulator-state.ts'

/** Serves the four paths under `/simulator`: invoice, log, reset, scenario. Never rejects. */
export async function control(
  state: SimulatorState,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  // A client that leaves has no use for an answer.
  response.on('error', () => {})
  const respond = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const read = await readBody(request).catch(() => undefined)
  if (read === undefined) return
  switch (`${request.method} ${path}`) {
    case 'GET /simulator/invoice':
      return respond(200, state.invoice())
    case 'GET /simulator/log':
      return respond(200, state.log())
    case 'POST /simulator/reset':
      state.reset()
      return respond(200, { reset: true })
    case 'PUT /simulator/scenario':
      return respond(...scenarioReply(state, read))
    default:
      respond(404, {
        error: {
          message: `There is no ${request.method} ${path}. There are GET /simulator/invoice, GET /simulator/log, POST /simulator/reset and PUT /simulator/scenario.`,
        },
      })
  }
}

/** The status and body that answer a new scenario. */
function scenarioReply(state: SimulatorState, read: Awaited<ReturnType<typeof readBody>>): [number, unknown] {
  if ('problem' in read) return [400, { error: { message: read.problem.message, path: '' } }]
  try {
    // What it is not, is told by the check.
    state.setScenario(read.body as unknown as Scenario)
    return [200, { scenario: read.body }]
  } catch (error) {
    if (!(error instanceof ScenarioInvalid)) throw error
    return [400, { error: { message: error.message, path: error.path } }]
  }
}
