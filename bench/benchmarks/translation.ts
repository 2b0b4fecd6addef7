import type { OurGatewayCommands } from '../children/gateway-ours.ts'
import type { LoadCommands } from '../children/load.ts'
import type { TranslationCommands } from '../children/translation.ts'
import type { Benchmark, Subject } from '../harness/benchmark.ts'
import { startChild } from '../harness/child.ts'
import { openUpstream } from '../harness/upstream.ts'
import { question, system } from '../workload.ts'

const chat = {
  path: '/v1/chat/completions',
  body: {
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: question },
    ],
    max_tokens: 1000,
    stream: true,
    stream_options: { include_usage: true },
  },
}
const messages = {
  path: '/v1/messages',
  body: { system, messages: [{ role: 'user', content: question }], max_tokens: 1000, stream: true },
}
const deltas = 64

/** Both ways between two dialects beside the same dialect: what translation adds to a frame. */
export const translatedStreaming: Benchmark = {
  name: 'translated-streaming',
  title: 'Gateway: CPU of a frame that is translated',
  how: 'CPU time of the gateway process over 256 streams at once of 64 frames each, 20 ms apart, every frame a write of its own; the passed ones go through as bytes.',
  unit: 'us/frame',
  isLessBetter: true,
  targets: [
    { subject: 'chat to messages', versus: 'chat, passed', atMost: 2 },
    { subject: 'messages to chat', versus: 'messages, passed', atMost: 2 },
  ],
  async open({ isQuick }) {
    const streams = isQuick ? 64 : 256
    await using stack = new AsyncDisposableStack()
    const upstream = await openUpstream(stack)
    await upstream.child.ask('setPace', { deltas, everyMs: 20 })
    const load = stack.use(startChild<LoadCommands>('load.ts'))
    const gateway = stack.use(startChild<OurGatewayCommands>('gateway-ours.ts'))
    const port = await gateway.ask('listen', upstream.port)
    const subject = (name: string, { path, body }: typeof chat | typeof messages, model: string): Subject => ({
      name,
      async measure() {
        const before = await gateway.ask('cpuUs')
        const sent = JSON.stringify({ model, ...body })
        await load.ask('send', { port, path, body: sent, requests: streams, connections: streams })
        return ((await gateway.ask('cpuUs')) - before) / (streams * deltas)
      },
    })
    const subjects = [
      subject('chat, passed', chat, 'fast'),
      subject('messages to chat', messages, 'fast'),
      subject('messages, passed', messages, 'fast-anthropic'),
      subject('chat to messages', chat, 'fast-anthropic'),
    ]
    const opened = stack.move()
    return { subjects, [Symbol.asyncDispose]: () => opened.disposeAsync() }
  },
}

/** A long prompt from every dialect to every other, beside the least that a proxy must do with it. */
export const translatedPrompt: Benchmark = {
  name: 'translated-prompt',
  title: 'A 400 KB prompt from one dialect to another',
  how: 'CPU time of reading 400 KB of JSON (an agent at work: 160 turns with tool calls and their results), decoding it, encoding it for the other dialect and writing JSON; the mean over every ordered pair of the four dialects, beside JSON.parse and JSON.stringify of the same bytes.',
  unit: 'us/prompt',
  isLessBetter: true,
  targets: [{ subject: 'inseam, the costliest pair', versus: 'JSON.parse + JSON.stringify', atMost: 2 }],
  async open({ isQuick }) {
    await using stack = new AsyncDisposableStack()
    const child = stack.use(startChild<TranslationCommands>('translation.ts'))
    const times = isQuick ? 5 : 25
    const subjects = [
      { name: 'JSON.parse + JSON.stringify', measure: () => child.ask('parse', times * 12) },
      { name: 'inseam, mean of all pairs', measure: () => child.ask('translate', times) },
      { name: 'inseam, the costliest pair', measure: () => child.ask('costliest', times) },
    ]
    const opened = stack.move()
    return { subjects, [Symbol.asyncDispose]: () => opened.disposeAsync() }
  },
}
