import type { AliasConfig, Config, ProviderConfig } from '../../src/config.ts'
import { defaultConfig } from '../../src/config.ts'
import type { AttemptEvent, CallEvent } from '../../src/core/event.ts'
import {
  type AttemptLog,
  type InvoiceLine,
  type Scenario,
  type Simulator,
  startSimulator,
} from '../../src/simulator/index.ts'
import { alias, openStand, type Stand } from '../stand.ts'
import { faultOf, spelled, type TargetDialect, urlOf, type Way } from './catalogue.ts'
import { type Ask, anthropicClient, chatClient, geminiClient, responsesClient, type Seen } from './clients.ts'
import type { Position } from './due.ts'

/** Every official client of the gateway, by the dialect that it speaks. */
export const clients = {
  'openai-chat': ({ openai }: Stand) => chatClient(openai),
  'openai-responses': ({ openai }: Stand) => responsesClient(openai),
  'anthropic-messages': ({ anthropic }: Stand) => anthropicClient(anthropic),
  gemini: ({ gemini }: Stand) => geminiClient(gemini),
} as const satisfies Record<string, (stand: Stand) => Ask>
export type ClientDialect = keyof typeof clients

/** One call that meets a fault. */
export interface Cell {
  readonly target: TargetDialect
  readonly stream: boolean
  readonly position: Position
  readonly client: ClientDialect
}

/** What came of it. */
export interface Suffered {
  readonly seen?: Seen
  /** What the SDK threw. */
  readonly thrown?: unknown
  readonly call: CallEvent
  readonly attempts: readonly AttemptEvent[]
  /** What arrived where the fault is, and at the provider without one. */
  readonly struck: readonly AttemptLog[]
  readonly sound: readonly AttemptLog[]
  readonly invoice: readonly InvoiceLine[]
}

/** What the target with the fault says where it answers, and what the others say. */
export const ownWords =
  'Your order 4711 left Augsburg this morning. The driver has nine more stops before yours. It will be at your door on Friday before noon, and you will get a message an hour before.'
export const otherWords =
  'The order 4711 is on its way. It is due on Friday, and the carrier will write to you before it comes to your door.'

/** Clocks that nothing here comes near, and those of calls whose fault is that one runs out. */
const patient = { connectMs: 20_000, headersMs: 20_000, firstTokenMs: 20_000, idleMs: 20_000, totalMs: 60_000 }
const impatient = { connectMs: 3_000, headersMs: 3_000, firstTokenMs: 3_000, idleMs: 2_500, totalMs: 12_000 }

const providerOf: Readonly<Record<TargetDialect, string>> = {
  'openai-chat': 'simulator',
  'openai-responses': 'simulator-responses',
  'anthropic-messages': 'simulator-anthropic',
  gemini: 'simulator-gemini',
  'bedrock-converse': 'simulator-bedrock',
}

/** Makes one call through the gateway, with an official client, that meets the fault; resolves when all is settled. */
export async function suffer(way: Way, cell: Cell): Promise<Suffered> {
  await using faulty = await startSimulator({ seed: 2, scenario: scenarioOf(way, cell.position) })
  const url = await urlOf(way, faulty)
  await using stand = await openStand({
    simulator: { scenario: { rules: [{ reply: { text: otherWords } }] } },
    aliases: [aliasOf('asked', way, cell.position)],
    config: (config) => withStruck(config, url, cell.target, way),
  })
  const ask = clients[cell.client](stand)
  const question = { model: 'asked', stream: cell.stream, withTool: way.withTool }
  if (way.warm) {
    await ask(question).catch(() => undefined)
    await Promise.all([stand.callEnded(), faulty.idle(), stand.simulator.idle()])
  }
  const before = { calls: stand.calls().length, struck: faulty.log().length, sound: stand.simulator.log().length }
  const leave = new AbortController()
  const asking = ask({ ...question, ...(way.leaves && { signal: leave.signal }) }).then(
    (seen) => ({ seen }),
    (thrown: unknown) => ({ thrown }),
  )
  if (way.leaves) {
    await arrived(faulty, cell.position === 'on a retry' ? 2 : 1)
    leave.abort()
  }
  const asked = await asking
  const call = await stand.callEnded((event) => stand.calls().indexOf(event) >= before.calls)
  await Promise.all([faulty.idle(), stand.simulator.idle()])
  return {
    ...asked,
    call,
    attempts: stand.attempts().filter(({ callId }) => callId === call.callId),
    struck: faulty.log().slice(before.struck),
    sound: stand.simulator.log().slice(before.sound),
    invoice: [...faulty.invoice().lines, ...stand.simulator.invoice().lines],
  }
}

/** Resolves when so many requests have come, and the last one has met its fault. */
async function arrived(simulator: Simulator, requests: number): Promise<void> {
  while (simulator.log()[requests - 1]?.fault == null) await new Promise((resolve) => setImmediate(resolve))
}

const targetsOf: Readonly<Record<Position, readonly string[]>> = {
  alone: ['struck/sim-small'],
  'with a fallback': ['struck/sim-small', 'simulator-anthropic/sim-large'],
  'on a retry': ['struck/sim-small'],
  'on a hedge': ['simulator-anthropic/sim-large+slow-first-token:ms=250', 'struck/sim-small'],
  'on the fallback': ['simulator-anthropic/sim-large+overloaded', 'struck/sim-small'],
}

/** What the simulator does that the fault is at. */
export function scenarioOf(way: Way, position: Position): Scenario {
  const reply = { text: ownWords }
  const fault = way.byHeader ? undefined : faultOf(way)
  const struck = {
    ...(way.withTool ? {} : { reply }),
    ...(fault && { fault }),
    pace: { tokenMs: 2 },
    ...(way.times !== undefined && { when: { request: { from: 1, to: way.times } } }),
  }
  const first = { when: { request: { from: 1, to: 1 } }, fault: { type: 'server-error' } } as const
  return { rules: [...(position === 'on a retry' ? [first] : []), struck, { reply }] }
}

/** The alias that is asked: it meets the fault at this position. */
export function aliasOf(name: string, way: Way, position: Position, struck = 'struck'): AliasConfig {
  const targets = targetsOf[position].map((target) => target.replace(/^struck\//, `${struck}/`))
  return alias(name, targets, {
    timeouts: way.waits ? impatient : patient,
    retry: { attempts: 2, baseMs: 1, capMs: 5 },
    ...(position === 'on a hedge' && { hedge: { after: 10, budget: 1 } }),
  })
}

/** The configuration with one more provider, `struck`: the simulator's of this dialect, at another address. */
function withStruck(config: Config, url: string, dialect: TargetDialect, way: Way): Config {
  return { ...config, providers: [...config.providers, struckProvider(url, dialect, way)] }
}

/** The provider that the fault is at. */
export function struckProvider(url: string, dialect: TargetDialect, way: Way): ProviderConfig {
  const provider = defaultConfig({}, { simulatorUrl: url }).providers.find(({ name }) => name === providerOf[dialect])
  return {
    ...provider!,
    name: 'struck',
    models: [],
    headers: way.byHeader ? { 'x-simulate': spelled(way).replaceAll(/[:,]/g, ';') } : {},
  }
}
