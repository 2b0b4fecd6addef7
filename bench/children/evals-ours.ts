import { contains, runSuite, suite } from '../../src/evals/index.ts'
import { feature, openSeam, prompt, type Seam } from '../../src/index.ts'
import { question } from '../workload.ts'
import { configurationFor } from './configuration.ts'
import { type EvalCommands, measureRun } from './evals.ts'
import { serve } from './serve.ts'

const answersCustomer = feature({
  name: 'answer-customer',
  model: 'fast',
  prompt: ({ question }: { question: string }) => prompt`Answer the customer.\n\n${question}`,
})
let seam: Seam

serve({
  async open(upstreamPort) {
    seam = await openSeam({ config: configurationFor(upstreamPort, 'events: { store: none }') })
  },
  run: (cases, concurrency) =>
    measureRun(cases, async () => {
      const { report } = await runSuite(seam, suiteOf(cases), { concurrency })
      return report.passed
    }),
} satisfies EvalCommands)

const suiteOf = (count: number) =>
  suite({
    name: 'customers',
    feature: answersCustomer,
    cases: questions(count),
    scorers: [contains({ text: 'Augsburg' })],
  })

async function* questions(count: number) {
  for (let number = 1; number <= count; number++) yield { input: { question: `${number}. ${question}` } }
}
