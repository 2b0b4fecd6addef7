import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Addresses, addressKinds } from './addresses/addresses.ts'
import { readBody } from './exchange/read-body.ts'
import { faults } from './faults/faults.ts'
import { followLog } from './follow-log.ts'
import { ScenarioInvalid } from './scenario/check-scenario.ts'
import type { Scenario } from './scenario/scenario.ts'
import type { SimulatorState } from './simulator-state.ts'

/** What is controlled. */
interface Controlled {
  readonly state: SimulatorState
  readonly addresses: Addresses
  readonly refusedUrl: string
}

/** Serves the paths under `/simulator`: invoice, log, faults, reset, scenario, addresses. Never rejects. */
export async function control(
  controlled: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const { state } = controlled
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
      return asksToFollow(request) ? followLog(state, response) : respond(200, state.log())
    case 'GET /simulator/faults':
      return respond(200, faults)
    case 'POST /simulator/reset':
      state.reset()
      return respond(200, { reset: true })
    case 'PUT /simulator/scenario':
      return respond(...scenarioReply(state, read))
    default:
      if (request.method === 'GET' && path.startsWith(addressPath))
        return respond(...(await addressReply(controlled, path.slice(addressPath.length))))
      return respond(404, { error: { message: `There is no ${request.method} ${path}. ${whatThereIs}` } })
  }
}

const addressPath = '/simulator/addresses/'

const whatThereIs =
  'There are GET /simulator/invoice, GET /simulator/log (?follow), GET /simulator/faults, ' +
  'GET /simulator/addresses/KIND, POST /simulator/reset and PUT /simulator/scenario.'

function asksToFollow({ url = '' }: IncomingMessage): boolean {
  return new URLSearchParams(url.split('?', 2)[1]).has('follow')
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

/** The status and body that answer who asks for an address; with the authority that its client has to trust, where it is of use. */
async function addressReply({ addresses, refusedUrl }: Controlled, kind: string): Promise<[number, unknown]> {
  if (kind === 'refused') return [200, { url: refusedUrl }]
  const known = addressKinds.find((one) => one === kind)
  if (known === undefined) {
    const kinds = ['refused', ...addressKinds].join(', ')
    return [404, { error: { message: `There is no address of the kind "${kind}". The kinds are: ${kinds}.` } }]
  }
  try {
    const url = await addresses.open(known)
    return [200, known.startsWith('tls') ? { url, authority: await addresses.authority() } : { url }]
  } catch (error) {
    return [500, { error: { message: error instanceof Error ? error.message : String(error) } }]
  }
}
