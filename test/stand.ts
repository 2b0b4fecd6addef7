import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { type AliasConfig, type Config, defaultAliasPolicy, defaultConfig } from '../src/config.ts'
import type { AttemptEvent, CallEvent, SeamEvent } from '../src/core/event.ts'
import type { EventSink } from '../src/core/ports.ts'
import { createSeam, type Seam, type SeamOptions } from '../src/create-seam.ts'
import { type Gateway, type GatewayOptions, openGateway } from '../src/gateway/index.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../src/simulator/index.ts'
import { createMemoryCache, createMemoryEventSink } from '../src/stores/memory/index.ts'

/** A simulator, a seam over it, a gateway before it, and the official clients: all on real sockets. */
export interface Stand extends AsyncDisposable {
  readonly simulator: Simulator
  readonly seam: Seam
  readonly gateway: Gateway
  readonly config: Config
  readonly openai: OpenAI
  readonly anthropic: Anthropic
  readonly gemini: GoogleGenAI
  calls(): CallEvent[]
  attempts(): AttemptEvent[]
  /** The first event of a call that matches, as soon as it is written. */
  callEnded(matches?: (event: CallEvent) => boolean): Promise<CallEvent>
}

/** What a stand may differ in. */
export interface StandOptions {
  readonly aliases?: readonly AliasConfig[]
  readonly simulator?: SimulatorOptions
  readonly gateway?: Partial<GatewayOptions>
  /** Changes the configuration, which is that of `--simulate`. */
  readonly config?: (config: Config, simulator: Simulator) => Config | Promise<Config>
  /** What the seam is assembled with. */
  readonly seam?: Partial<SeamOptions>
}

/** Opens a stand. Clients do not retry: what they see is what the gateway did. */
export async function openStand({
  aliases = [],
  simulator: simulated,
  gateway: served,
  config: change,
  seam: assembled,
}: StandOptions = {}): Promise<Stand> {
  const simulator = await startSimulator(simulated)
  const plain = defaultConfig({}, { simulatorUrl: simulator.url })
  const extended: Config = { ...plain, aliases: [...plain.aliases, ...aliases] }
  const config = change ? await change(extended, simulator) : extended
  const events = createMemoryEventSink()
  const waiting = new Set<(event: SeamEvent) => void>()
  const sink: EventSink = {
    ...events,
    record(event) {
      events.record(event)
      for (const hear of waiting) hear(event)
    },
  }
  const seam = createSeam({ config, events: sink, cache: createMemoryCache(), ...assembled })
  const gateway = await openGateway({ pipeline: seam, port: 0, ...served })
  const apiKey = served?.keys?.[0]?.key ?? 'none'
  const calls = () => events.events().filter((event) => event.type === 'call')
  return {
    simulator,
    seam,
    gateway,
    config,
    openai: new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: gateway.url, apiKey, maxRetries: 0 }),
    gemini: new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url } }),
    calls,
    attempts: () => events.events().filter((event) => event.type === 'attempt'),
    callEnded: (matches = () => true) =>
      new Promise((resolve) => {
        const already = calls().find(matches)
        if (already) return resolve(already)
        const hear = (event: SeamEvent) => {
          if (event.type !== 'call' || !matches(event)) return
          waiting.delete(hear)
          resolve(event)
        }
        waiting.add(hear)
      }),
    async [Symbol.asyncDispose]() {
      await gateway.drain(0)
      await seam.close()
      await simulator.close()
    },
  }
}

/** An alias with short clocks over targets written `provider/model`. */
export function alias(name: string, targets: readonly string[], change: Partial<AliasConfig> = {}): AliasConfig {
  return {
    ...defaultAliasPolicy,
    name,
    targets: targets.map((target) => {
      const slash = target.indexOf('/')
      return { provider: target.slice(0, slash), model: target.slice(slash + 1), weight: 1 }
    }),
    timeouts: { connectMs: 3_000, headersMs: 2_500, firstTokenMs: 2_500, idleMs: 2_000, totalMs: 8_000 },
    retry: { attempts: 2, baseMs: 1, capMs: 5 },
    ...change,
  }
}

/** All that comes, in order. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
