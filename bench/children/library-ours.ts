import { feature, openSeam, prompt, type Seam, trusted } from '../../src/index.ts'
import { question, reply, system } from '../workload.ts'
import { deltaText } from './answers.ts'
import { configurationFor } from './configuration.ts'
import { cpuPerPiece } from './cpu.ts'
import { checkLength, type LibraryCommands } from './library.ts'
import { serve } from './serve.ts'

const support = (model: string) =>
  feature({
    name: 'answer-customer',
    model,
    system: prompt`${trusted(system)}`,
    prompt: ({ question }: { question: string }) => prompt`Answer the customer.\n\n${question}`,
  })

const asked = support(process.argv[2] === 'anthropic' ? 'fast-anthropic' : 'fast')
let seam: Seam

serve({
  async open(upstreamPort) {
    seam = await openSeam({ config: configurationFor(upstreamPort, 'events: { store: memory }') })
  },
  calls: (count, concurrency) =>
    cpuPerPiece(count, concurrency, async () => {
      const { text } = await seam.complete(asked, { question })
      checkLength(text.length, reply.length)
    }),
  async streams(count, concurrency, deltas) {
    const perStream = await cpuPerPiece(count, concurrency, async () => {
      let length = 0
      for await (const part of seam.stream(asked, { question })) {
        if (part.type === 'text-delta') length += part.text.length
      }
      checkLength(length, deltas * deltaText.length)
    })
    return perStream / deltas
  },
} satisfies LibraryCommands)
