import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GatewayCommands } from '../children/gateway-floor.ts'
import type { OurGatewayCommands } from '../children/gateway-ours.ts'
import type { Load, LoadCommands } from '../children/load.ts'
import type { Pace } from '../children/upstream.ts'
import type { Benchmark, Opened, Subject } from '../harness/benchmark.ts'
import { type Child, startChild } from '../harness/child.ts'
import { openUpstream } from '../harness/upstream.ts'
import { model, question, system } from '../workload.ts'

const body = {
  messages: [
    { role: 'system', content: system },
    { role: 'user', content: question },
  ],
  temperature: 0.2,
  max_tokens: 1000,
}

interface Traffic {
  readonly requests: number
  readonly connections: number
  /** Present: the answers are streams. */
  readonly pace?: Pace
}

/** Floor and gateways before one upstream, each measured under the same load. A figure is CPU per request, or per frame of a stream. */
async function openGateways({ requests, connections, pace }: Traffic): Promise<Opened> {
  await using stack = new AsyncDisposableStack()
  const upstream = await openUpstream(stack)
  if (pace) await upstream.child.ask('setPace', pace)
  const load = stack.use(startChild<LoadCommands>('load.ts'))
  const pieces = requests * (pace ? pace.deltas : 1)

  const subject = (
    name: string,
    asked: string,
    child: Child<GatewayCommands>,
    port: number,
    note?: string,
  ): Subject => {
    const sent = { model: asked, ...body, ...(pace && { stream: true, stream_options: { include_usage: true } }) }
    const traffic: Load = { port, path: '/v1/chat/completions', body: JSON.stringify(sent), requests, connections }
    return {
      name,
      note,
      async measure() {
        const before = await child.ask('cpuUs')
        await load.ask('send', traffic)
        return ((await child.ask('cpuUs')) - before) / pieces
      },
    }
  }
  const ours = async (name: string, more: string, note: string) => {
    const child = stack.use(startChild<OurGatewayCommands>('gateway-ours.ts'))
    return subject(name, 'fast', child, await child.ask('listen', upstream.port, more), note)
  }

  const floor = stack.use(startChild<GatewayCommands>('gateway-floor.ts'))
  const folder = await mkdtemp(join(tmpdir(), 'inseam-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const subjects = [
    subject('floor', model, floor, await floor.ask('listen', upstream.port), 'node:http + undici request, ten lines'),
    await ours('inseam', 'events: { store: none }', 'same dialect, whole pipeline, no events'),
    await ours(
      'inseam, key and events',
      `gateway: { keys: [{ name: bench, key: sk-bench-client-key }] }\nevents: { store: sqlite, path: "${join(folder, 'events.db')}" }`,
      'with a gateway key, and events into SQLite (worker thread included)',
    ),
  ]
  const opened = stack.move()
  return { subjects, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

export const gateway: Benchmark = {
  name: 'gateway',
  title: 'Gateway: CPU of a request',
  how: 'CPU time of the gateway process, all threads, over 10,000 requests on 16 kept-alive connections; load and upstream are other processes.',
  unit: 'us/request',
  isLessBetter: true,
  targets: [
    { subject: 'inseam', versus: 'floor', atMost: 1.5 },
    { subject: 'inseam, key and events', versus: 'floor', atMost: 2 },
  ],
  open: ({ isQuick }) => openGateways({ requests: isQuick ? 2_000 : 10_000, connections: 16 }),
}

export const gatewayStreaming: Benchmark = {
  name: 'gateway-streaming',
  title: 'Gateway: CPU of a frame of a stream',
  how: 'CPU time of the gateway process over 512 streams at once of 64 frames each, 20 ms apart, every frame a write of its own.',
  unit: 'us/frame',
  isLessBetter: true,
  targets: [{ subject: 'inseam', versus: 'floor', atMost: 1.4 }],
  open({ isQuick }) {
    const streams = isQuick ? 128 : 512
    return openGateways({ requests: streams, connections: streams, pace: { deltas: 64, everyMs: 20 } })
  },
}
