import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { model, placeholderKey, question } from '../workload.ts'
import { type EvalCommands, measureRun } from './evals.ts'
import { serve } from './serve.ts'

/** The folder into which promptfoo was installed, for this run alone. */
const folder = process.argv[2]!

/** As much of promptfoo as is used. */
interface Promptfoo {
  evaluate(suite: object, options: object): Promise<{ toEvaluateSummary(): Promise<{ stats: { successes: number } }> }>
}

// It would send what it does to its makers, look for updates, and answer from a cache.
process.env.PROMPTFOO_DISABLE_TELEMETRY = '1'
process.env.PROMPTFOO_DISABLE_UPDATE = '1'
process.env.PROMPTFOO_CACHE_ENABLED = 'false'
process.env.PROMPTFOO_CONFIG_DIR = join(folder, 'state')
process.env.LOG_LEVEL = 'error'

let promptfoo: Promptfoo
let provider: object

serve({
  async open(upstreamPort) {
    const entry = join(folder, 'node_modules', 'promptfoo', 'dist', 'src', 'index.js')
    promptfoo = (await import(pathToFileURL(entry).href)).default
    const config = { apiBaseUrl: `http://127.0.0.1:${upstreamPort}/v1`, apiKey: placeholderKey }
    provider = { id: `openai:chat:${model}`, config }
  },
  run: (cases, concurrency) =>
    measureRun(cases, async () => {
      const tests = Array.from({ length: cases }, (_, index) => ({
        vars: { question: `${index + 1}. ${question}` },
        assert: [{ type: 'contains', value: 'Augsburg' }],
      }))
      const prompts = ['Answer the customer.\n\n{{question}}']
      const options = { maxConcurrency: concurrency, cache: false, showProgressBar: false }
      const run = await promptfoo.evaluate(
        { prompts, providers: [provider], tests, writeLatestResults: false },
        options,
      )
      return (await run.toEvaluateSummary()).stats.successes
    }),
} satisfies EvalCommands)
