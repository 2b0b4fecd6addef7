import Anthropic from '@anthropic-ai/sdk'
import { anthropicModel as model, placeholderKey, question, reply, system } from '../workload.ts'
import { deltaText } from './answers.ts'
import { cpuPerPiece } from './cpu.ts'
import { checkLength, type LibraryCommands } from './library.ts'
import { serve } from './serve.ts'

const content = `Answer the customer.\n\n${question}`
const request = { model, system, max_tokens: 1000, messages: [{ role: 'user' as const, content }] }
let client: Anthropic

serve({
  open(upstreamPort) {
    client = new Anthropic({ baseURL: `http://127.0.0.1:${upstreamPort}`, apiKey: placeholderKey })
  },
  calls: (count, concurrency) =>
    cpuPerPiece(count, concurrency, async () => {
      const [block] = (await client.messages.create(request)).content
      checkLength(block?.type === 'text' ? block.text.length : 0, reply.length)
    }),
  async streams(count, concurrency, deltas) {
    const perStream = await cpuPerPiece(count, concurrency, async () => {
      let length = 0
      for await (const event of await client.messages.create({ ...request, stream: true })) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') length += event.delta.text.length
      }
      checkLength(length, deltas * deltaText.length)
    })
    return perStream / deltas
  },
} satisfies LibraryCommands)
