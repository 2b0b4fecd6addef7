import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAddresses } from './addresses/addresses.ts'
import { control } from './control.ts'
import { serve } from './serve.ts'
import type { Simulator, SimulatorOptions } from './simulator.ts'
import { simulatorState } from './simulator-state.ts'

/** A privileged port that nothing is assigned to, and that browsers and fetch do not refuse by themselves. */
const refusedUrl = 'http://127.0.0.1:4'

/**
 * Starts a model provider that speaks OpenAI Chat Completions, Anthropic Messages and Gemini, answers the same way for the same seed,
 * and fails on demand.
 *
 * Throws `ScenarioInvalid`, or what the system says where the port is taken.
 *
 * ```ts
 * await using simulator = await startSimulator({ seed: 7 })
 * const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'any' })
 * ```
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1' } = options
  const state = simulatorState(options, refusedUrl)
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void route(request, response)
  }
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, listener)
  const addresses = createAddresses(host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, listener)

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0]!
    if (path.startsWith('/simulator/')) await control({ state, addresses, refusedUrl }, request, response, path)
    else await serve(state, request, response, path)
  }

  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  const authority = address.family === 'IPv6' ? `[${address.address}]` : address.address

  async function close(): Promise<void> {
    if (!server.listening) return
    state.abandonAll()
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await Promise.all([closed, addresses.close()])
  }

  return {
    url: `http://${authority}:${address.port}`,
    port: address.port,
    refusedUrl,
    address: addresses.open,
    authority: addresses.authority,
    invoice: state.invoice,
    log: state.log,
    reset: state.reset,
    setScenario: state.setScenario,
    idle: state.idle,
    close,
    [Symbol.asyncDispose]: close,
  }
}
