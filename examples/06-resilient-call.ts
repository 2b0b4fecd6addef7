import { feature, isInseamError, openSeam, prompt } from 'inseam'
import { defaultConfig } from 'inseam/config'
import { startSimulator } from 'inseam/simulator'
import { createMemoryEventSink } from 'inseam/stores'

const ask = feature({
  name: 'ask',
  model: 'fast',
  prompt: ({ question }: { question: string }) => prompt`${question}`,
})

// A provider that is overloaded twice before it answers, and a record to look into. In production it is openSeam() alone.
const overloaded = { when: { request: { from: 1, to: 2 } }, fault: { type: 'overloaded' } } as const
const simulator = await startSimulator({ scenario: { rules: [overloaded] } })
const events = createMemoryEventSink()
const seam = await openSeam({ config: defaultConfig({}, { simulatorUrl: simulator.url }), events })

try {
  // One limit for everything: attempts, waits, fallbacks, and the body while it arrives.
  const { text } = await seam.complete(ask, { question: 'How do I change my password?' }, { timeoutMs: 30_000 })
  console.log(text)
} catch (error) {
  if (!isInseamError(error)) throw error
  console.log(`${error.code}: ${error.message} ${error.fix}`)
}
for (const event of events.events())
  if (event.type === 'attempt')
    console.log(`attempt ${event.ordinal}: ${event.outcome.errorCode ?? event.outcome.ending}`)
await seam.close()
await simulator.close()
