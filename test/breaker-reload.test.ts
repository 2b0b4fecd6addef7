import { expect, it } from 'vitest'
import { type Config, parseConfig } from '../src/config.ts'
import { createSeam, feature, prompt } from '../src/index.ts'
import { createMemoryCache, createMemoryEventSink } from '../src/stores/memory/index.ts'

const written = (key: string): Config =>
  parseConfig(
    `
providers:
  lab: { dialect: openai-chat, url: "http://127.0.0.1:1/v1", key: ${key}, breaker: { failures: 2, probeEvery: 1h } }
models:
  only: { targets: [lab/a], retry: { attempts: 1 } }
`,
    { env: {} },
  )

it('leaves the breakers of targets that stay as they are, and forgets those of a provider that changes', async () => {
  const seam = createSeam({
    config: written('first-key'),
    events: createMemoryEventSink(),
    cache: createMemoryCache(),
  })
  const greet = feature({ name: 'greet', model: 'only', prompt: () => prompt`Hello.` })
  const ask = () => seam.complete(greet, undefined).then(String, ({ code }: { readonly code: string }) => code)
  expect([await ask(), await ask(), await ask()]).toEqual(['connection-failed', 'connection-failed', 'breaker-open'])
  seam.reload(written('first-key'))
  expect(await ask()).toBe('breaker-open')
  seam.reload(written('second-key'))
  expect(await ask()).toBe('connection-failed')
  await seam.close()
})
