import { createOpenAI } from '@ai-sdk/openai'
import { generateText, type LanguageModel, streamText } from 'ai'
import { model, placeholderKey, question, reply, system } from '../workload.ts'
import { deltaText } from './answers.ts'
import { cpuPerPiece } from './cpu.ts'
import { checkLength, type LibraryCommands } from './library.ts'
import { serve } from './serve.ts'

const prompt = `Answer the customer.\n\n${question}`
let client: LanguageModel

serve({
  open(upstreamPort) {
    client = createOpenAI({ baseURL: `http://127.0.0.1:${upstreamPort}/v1`, apiKey: placeholderKey }).chat(model)
  },
  calls: (count, concurrency) =>
    cpuPerPiece(count, concurrency, async () => {
      const { text } = await generateText({ model: client, system, prompt })
      checkLength(text.length, reply.length)
    }),
  async streams(count, concurrency, deltas) {
    const perStream = await cpuPerPiece(count, concurrency, async () => {
      let length = 0
      for await (const text of streamText({ model: client, system, prompt }).textStream) length += text.length
      checkLength(length, deltas * deltaText.length)
    })
    return perStream / deltas
  },
} satisfies LibraryCommands)
