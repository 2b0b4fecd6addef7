import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Benchmark, Subject } from '../harness/benchmark.ts'
import { buildLibrary } from '../harness/built.ts'
import { repository, runScript } from '../harness/run-script.ts'
import { openUpstream } from '../harness/upstream.ts'
import { anthropicModel, model, placeholderKey } from '../workload.ts'

/** Milliseconds that a script says of itself, in a fresh process. */
const timed = (name: string, note: string, script: string): Subject => ({
  name,
  note,
  measure: async () => Number(await runScript(script)),
})

const importOf = (specifier: string) =>
  `const start = performance.now(); await import(${JSON.stringify(specifier)}); console.log(performance.now() - start)`

const urlOf = (path: string): string => pathToFileURL(path).href

export const imports: Benchmark = {
  name: 'import',
  title: 'Library: time to import',
  how: 'Wall-clock time of one `await import(...)` in a fresh process, files in the page cache.',
  unit: 'ms',
  isLessBetter: true,
  targets: [{ subject: 'inseam', atMost: 40 }],
  async open() {
    const built = await buildLibrary()
    return {
      subjects: [
        timed('inseam', 'built: the entry as it is published', importOf(urlOf(join(built, 'index.js')))),
        timed(
          'inseam, unbuilt',
          'src/index.ts, types stripped by Node',
          importOf(urlOf(join(repository, 'src/index.ts'))),
        ),
        timed('ai', 'without a provider', importOf('ai')),
        timed(
          'ai, @ai-sdk/openai',
          'with a provider',
          `const start = performance.now(); await Promise.all([import('ai'), import('@ai-sdk/openai')]); console.log(performance.now() - start)`,
        ),
        timed('openai', '', importOf('openai')),
        timed('@anthropic-ai/sdk', '', importOf('@anthropic-ai/sdk')),
      ],
      async [Symbol.asyncDispose]() {},
    }
  },
}

/** From the first line of a script to its first answer. */
const firstAnswer = (imports: string, call: string): string =>
  `const start = performance.now(); ${imports}; ${call}; console.log(performance.now() - start); process.exit()`

export const firstCall: Benchmark = {
  name: 'first-call',
  title: 'Library: from nothing to the first answer',
  how: 'Wall-clock time of import, client and one call of a local upstream that answers at once, in a fresh process.',
  unit: 'ms',
  isLessBetter: true,
  targets: [],
  async open() {
    await using stack = new AsyncDisposableStack()
    const { port } = await openUpstream(stack)
    const built = await buildLibrary()
    const base = `http://127.0.0.1:${port}`
    const key = JSON.stringify(placeholderKey)
    const yaml = `providers: { mock: { dialect: openai-chat, url: "${base}/v1", key: ${placeholderKey} } }\nmodels: { fast: { targets: [mock/${model}] } }\nevents: { store: memory }`
    const subjects = [
      timed(
        'inseam',
        'built; with reading and checking an inseam.yaml',
        firstAnswer(
          `const { openSeam, feature, prompt } = await import(${JSON.stringify(urlOf(join(built, 'index.js')))}); const { parseConfig } = await import(${JSON.stringify(urlOf(join(built, 'config.js')))})`,
          `const seam = await openSeam({ config: parseConfig(${JSON.stringify(yaml)}) }); await seam.complete(feature({ name: 'f', model: 'fast', prompt: () => prompt\`Hello.\` }), {})`,
        ),
      ),
      timed(
        'ai, @ai-sdk/openai',
        '',
        firstAnswer(
          `const [{ generateText }, { createOpenAI }] = await Promise.all([import('ai'), import('@ai-sdk/openai')])`,
          `await generateText({ model: createOpenAI({ baseURL: '${base}/v1', apiKey: ${key} }).chat('${model}'), prompt: 'Hello.' })`,
        ),
      ),
      timed(
        'openai',
        '',
        firstAnswer(
          `const { default: OpenAI } = await import('openai')`,
          `await new OpenAI({ baseURL: '${base}/v1', apiKey: ${key} }).chat.completions.create({ model: '${model}', messages: [{ role: 'user', content: 'Hello.' }] })`,
        ),
      ),
      timed(
        '@anthropic-ai/sdk',
        '',
        firstAnswer(
          `const { default: Anthropic } = await import('@anthropic-ai/sdk')`,
          `await new Anthropic({ baseURL: '${base}', apiKey: ${key} }).messages.create({ model: '${anthropicModel}', max_tokens: 100, messages: [{ role: 'user', content: 'Hello.' }] })`,
        ),
      ),
    ]
    const opened = stack.move()
    return { subjects, [Symbol.asyncDispose]: () => opened.disposeAsync() }
  },
}
