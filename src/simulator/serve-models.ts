import type { Dialect } from './dialect.ts'
import type { Exchange } from './exchange/exchange.ts'
import { refuse } from './exchange/refuse.ts'
import { listModels } from './model-list.ts'
import { notFound } from './problem.ts'
import type { SimulatorState } from './simulator-state.ts'
import { whyDenied } from './why-denied.ts'

/** Lists the models as the dialect does, or shows the one that the path names. */
export async function serveModels(
  state: SimulatorState,
  exchange: Exchange,
  dialect: Dialect,
  path: string,
): Promise<void> {
  const { request } = exchange
  request.resume()
  const around = state.surroundings()
  const denied = whyDenied(state, request, dialect)
  if (denied !== undefined) return refuse(exchange, dialect, denied, around)
  const named = /^\/v1(?:beta)?\/models(?:\/(.+))?$/.exec(path)
  const id = named?.[1] ?? ''
  if (request.method !== 'GET' || !named || /%(?![\da-f]{2})/i.test(id)) {
    return refuse(exchange, dialect, notFound(request.method, path), around)
  }
  const query = new URLSearchParams(request.url?.slice(path.length + 1))
  const asked = { id: decodeURIComponent(id), query, unknown: around.unknownModels }
  const found = listModels(dialect.name, asked)
  if ('problem' in found) return refuse(exchange, dialect, found.problem, around)
  const isOpenai = dialect.name === 'openai-chat' || dialect.name === 'openai-responses'
  const headers = { 'content-type': 'application/json', [isOpenai ? 'x-request-id' : 'request-id']: exchange.id }
  return exchange.send(200, headers, JSON.stringify(found))
}
