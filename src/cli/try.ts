import type { Command } from 'commander'
import { feature, formatCost, prompt, type SeamEvent, trusted } from '../index.ts'
import { createMemoryEventSink } from '../stores/memory/index.ts'
import { tellStory } from '../telemetry/index.ts'
import { withSeam } from './with-seam.ts'

/** `inseam try "…"`: one call, its cost and its time line. */
export function tryCommand(program: Command): void {
  program
    .command('try')
    .description('Ask once, and see the answer, its cost and the time line of its attempts.')
    .argument('<prompt>', 'what to ask')
    .option('-m, --model <name>', 'an alias, or provider/model', 'fast')
    .option('-c, --config <file>', 'the configuration file (default: inseam.yaml, if there is one)')
    .option('--simulate', 'use the simulator, whatever keys there are')
    .option('--json', 'print the reply and its events as JSON')
    .action(tryOnce)
}

interface TryOptions {
  readonly model: string
  readonly config?: string
  readonly simulate?: boolean
  readonly json?: boolean
}

async function tryOnce(text: string, { model, json = false, ...options }: TryOptions): Promise<void> {
  const record = createMemoryEventSink()
  await withSeam({ ...options, events: record }, async (seam, found) => {
    const ask = feature<{ text: string }>({ name: 'try', model, prompt: ({ text }) => prompt`${trusted(text)}` })
    let isLineOpen = false
    try {
      for await (const part of seam.stream(ask, { text })) {
        if (json) {
          if (part.type === 'reply')
            console.log(JSON.stringify({ reply: part.reply, events: record.events() }, undefined, 2))
        } else if (part.type === 'text-delta') {
          process.stdout.write(part.text)
          isLineOpen = true
        } else if (part.type === 'reply') {
          console.log(`\n\n${formatCost(part.reply.cost)} · ${found.origin}`)
          isLineOpen = false
        }
      }
    } finally {
      if (isLineOpen) console.log()
      if (!json) tell(record.events())
    }
  })
}

function tell(events: readonly SeamEvent[]): void {
  const call = events.find((event) => event.type === 'call')
  const attempts = events.filter((event) => event.type === 'attempt')
  // A call that asked no model has no story that its error does not tell.
  if (call && attempts.length > 0) console.log(`\n${tellStory(call, attempts)}`)
}
