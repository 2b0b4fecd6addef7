import { type Config, parseConfig } from '../../src/config.ts'
import { anthropicModel, model, placeholderKey } from '../workload.ts'

/** A configuration whose one upstream listens on `port`. `more` is written below it, as YAML. */
export function configurationFor(port: number, more = 'events: { store: none }'): Config {
  const text = `
providers:
  mock: { dialect: openai-chat, url: "http://127.0.0.1:${port}/v1", key: ${placeholderKey} }
  mock-anthropic: { dialect: anthropic-messages, url: "http://127.0.0.1:${port}/v1", key: ${placeholderKey} }
models:
  fast: { targets: [mock/${model}] }
  fast-anthropic: { targets: [mock-anthropic/${anthropicModel}], maxOutputTokens: 1000 }
${more}
`
  return parseConfig(text, { path: 'bench.yaml', env: {} })
}
