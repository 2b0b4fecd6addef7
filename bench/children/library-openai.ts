import OpenAI from 'openai'
import type { ChatCompletionMessageParam } from 'openai/resources'
import { model, placeholderKey, question, reply, system } from '../workload.ts'
import { deltaText } from './answers.ts'
import { cpuPerPiece } from './cpu.ts'
import { checkLength, type LibraryCommands } from './library.ts'
import { serve } from './serve.ts'

const messages: ChatCompletionMessageParam[] = [
  { role: 'system', content: system },
  { role: 'user', content: `Answer the customer.\n\n${question}` },
]
let client: OpenAI

serve({
  open(upstreamPort) {
    client = new OpenAI({ baseURL: `http://127.0.0.1:${upstreamPort}/v1`, apiKey: placeholderKey })
  },
  calls: (count, concurrency) =>
    cpuPerPiece(count, concurrency, async () => {
      const { choices } = await client.chat.completions.create({ model, messages })
      checkLength(choices[0]?.message.content?.length ?? 0, reply.length)
    }),
  async streams(count, concurrency, deltas) {
    const perStream = await cpuPerPiece(count, concurrency, async () => {
      let length = 0
      const stream_options = { include_usage: true }
      const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options })
      for await (const { choices } of stream) length += choices[0]?.delta.content?.length ?? 0
      checkLength(length, deltas * deltaText.length)
    })
    return perStream / deltas
  },
} satisfies LibraryCommands)
