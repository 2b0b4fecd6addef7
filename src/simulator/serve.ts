import type { IncomingMessage, ServerResponse } from 'node:http'
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts'
import { cloudAt } from './clouds/cloud-at.ts'
import type { CloudDoor } from './clouds/cloud-door.ts'
import type { Dialect } from './dialect.ts'
import { embeddingsAt } from './embeddings/embeddings-at.ts'
import type { Exchange } from './exchange/exchange.ts'
import { breakOff, failConnection } from './exchange/fail-connection.ts'
import { readBody } from './exchange/read-body.ts'
import { refuse } from './exchange/refuse.ts'
import { serveCompletion } from './exchange/serve-completion.ts'
import { serveCount } from './exchange/serve-count.ts'
import type { Fault } from './faults/faults.ts'
import { parseFaultHeader } from './faults/parse-fault.ts'
import { sparesKey } from './faults/refuse-by-fault.ts'
import { readAddress, withAddress } from './gemini/address.ts'
import { gemini } from './gemini/gemini.ts'
import { asText } from './json.ts'
import { keepResponse } from './kept/keep-response.ts'
import { serveKept } from './kept/serve-kept.ts'
import { openaiChat } from './openai-chat/openai-chat.ts'
import { openaiResponses } from './openai-responses/openai-responses.ts'
import { notFound } from './problem.ts'
import type { Behaviour } from './scenario/choose-behaviour.ts'
import { serveModels } from './serve-models.ts'
import type { SimulatorState } from './simulator-state.ts'
import { keyOf, whyDenied } from './why-denied.ts'

/** Serves whatever a provider serves. Never rejects. */
export async function serve(
  state: SimulatorState,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const cloud = cloudAt(request.url ?? '/')
  const dialect = cloud?.dialect ?? dialectOf(request, path)
  const completes =
    cloud !== undefined ||
    doors.has(path) ||
    countDoors.has(path) ||
    readAddress(path) !== undefined ||
    embeddingsAt(path) !== undefined
  const exchange = state.begin(request, response, dialect, path, completes)
  exchange.showKey(keyOf(request, cloud))
  try {
    if (completes) await complete(state, exchange, dialect, cloud)
    else if (modelPaths.test(path)) await serveModels(state, exchange, dialect, path)
    else await serveRest(state, exchange, dialect)
  } catch (error) {
    if (exchange.signal.aborted) return
    refuse(
      exchange,
      dialect,
      { kind: 'server-error', message: `The simulator itself failed: ${String(error)}` },
      state.surroundings(),
    )
  } finally {
    exchange.settle()
  }
}

const doors: ReadonlyMap<string, Dialect> = new Map([
  ['/v1/chat/completions', openaiChat],
  ['/v1/responses', openaiResponses],
  ['/v1/messages', anthropicMessages],
])

const modelPaths = /^\/v1(?:beta)?\/models(?:\/|$)/

/** Where tokens are counted. */
const countDoors: ReadonlyMap<string, Dialect> = new Map([
  ['/v1/responses/input_tokens', openaiResponses],
  ['/v1/messages/count_tokens', anthropicMessages],
])

function dialectOf(request: IncomingMessage, path: string): Dialect {
  const spoken = doors.get(path) ?? countDoors.get(path) ?? embeddingsAt(path)?.dialect
  if (spoken) return spoken
  if (/^\/(?:upload\/)?v1beta\//.test(path) || readAddress(path) !== undefined) return gemini
  if (request.headers['x-goog-api-key'] !== undefined) return gemini
  return request.headers['anthropic-version'] === undefined ? openaiChat : anthropicMessages
}

async function complete(
  state: SimulatorState,
  exchange: Exchange,
  dialect: Dialect,
  cloud: CloudDoor | undefined,
): Promise<void> {
  const { request, attempt } = exchange
  const path = cloud?.path ?? attempt.path
  const header = request.headers['x-simulate']
  const simulate = Array.isArray(header) ? header.join(';') : header
  const early = simulate === undefined ? undefined : earlyFault(simulate)
  if (early) {
    attempt.fault = early.type
    if (await breakOff(exchange, early)) return
    if (await failConnection(exchange, dialect, early, state.surroundings())) return
  }
  const read = await readBody(request)
  if (request.method !== 'POST')
    return refuse(exchange, dialect, notFound(request.method, attempt.path), state.surroundings())
  const denied = whyDenied(state, request, dialect, cloud)
  if (denied !== undefined) return refuse(exchange, dialect, denied, state.surroundings())
  if ('problem' in read) return refuse(exchange, dialect, read.problem, state.surroundings())

  const addressed = readAddress(path) ?? embeddingsAt(path)?.addressed
  const entered = cloud ? cloud.enter(read.body) : read
  if ('problem' in entered) return refuse(exchange, dialect, entered.problem, state.surroundings())
  const resumed =
    dialect === anthropicMessages
      ? state.surroundings().threads.resume(entered.body)
      : { body: addressed ? withAddress(entered.body, addressed) : entered.body }
  if (state.keepBodies) attempt.body = read.body
  if ('problem' in resumed) return refuse(exchange, dialect, resumed.problem, state.surroundings())
  const { body } = resumed
  attempt.model = asText(body.model)
  exchange.streamed = addressed?.streamed ?? (body.stream === true && !dialect.givesVectors)
  const chosen = state.behaviour({
    model: attempt.model,
    header: simulate,
    dialect: dialect.name,
    streamed: exchange.streamed,
    path: attempt.path,
    headers: request.headers,
    key: exchange.key,
  })
  const behaviour = sparesKey(chosen.fault, exchange.key) ? withoutFaults(chosen) : chosen
  if (addressed?.counts || cloud?.counts || countDoors.has(path)) {
    return serveCount(exchange, dialect, body, behaviour, state.surroundings())
  }
  await serveCompletion(exchange, dialect, body, behaviour, state.surroundings())
  if (dialect === openaiResponses && body.store !== false) keepResponse(state.kept, exchange.sent, body.input)
}

/** Files, batches and the rest of what clients leave with a provider. */
async function serveRest(state: SimulatorState, exchange: Exchange, dialect: Dialect): Promise<void> {
  const { request, attempt } = exchange
  const around = state.surroundings()
  const denied = whyDenied(state, request, dialect)
  if (denied !== undefined) {
    request.resume()
    return refuse(exchange, dialect, denied, around)
  }
  const served = await serveKept(exchange, dialect, state.kept, around.now)
  if (served === 'served') return
  refuse(exchange, dialect, served ?? notFound(request.method, attempt.path), around)
}

/** A fault that strikes before the body of the request is read. */
function earlyFault(simulate: string): Fault | undefined {
  const parsed = parseFaultHeader(simulate)
  const type = 'fault' in parsed ? parsed.fault.type : undefined
  return 'fault' in parsed && (type === 'connection-refused' || type === 'answer-before-body')
    ? parsed.fault
    : undefined
}

function withoutFaults({ fault: _, ...rest }: Behaviour): Behaviour {
  return { ...rest, faults: [] }
}
