import { expect, test } from 'vitest'
import type { Config } from './config.ts'
import { defaultConfig } from './defaults.ts'

const aliasesOf = ({ aliases }: Config) =>
  Object.fromEntries(
    aliases.map(({ name, targets }) => [name, targets.map(({ provider, model }) => `${provider}/${model}`)]),
  )

test('each key in the environment makes a provider, and the aliases fall back from Anthropic to OpenAI', () => {
  const config = defaultConfig({
    OPENAI_API_KEY: 'o',
    GROQ_API_KEY: 'g',
    ANTHROPIC_API_KEY: ' a ',
    MISTRAL_API_KEY: '',
  })
  expect(config.source).toBe('defaults')
  expect(config.providers.map(({ name, auth, key }) => [name, auth, key])).toEqual([
    ['anthropic', 'x-api-key', 'a'],
    ['openai', 'bearer', 'o'],
    ['groq', 'bearer', 'g'],
  ])
  expect(aliasesOf(config)).toEqual({
    fast: ['anthropic/claude-haiku-4-5', 'openai/gpt-5.4-mini'],
    smart: ['anthropic/claude-opus-5-5', 'openai/gpt-6-sol'],
  })
})

test('nothing in the environment makes nothing', () => {
  expect(defaultConfig({})).toMatchObject({ providers: [], aliases: [] })
})

test('a local server stands behind the aliases where no key is set, and beside them where one is', () => {
  const local = { kind: 'ollama', url: 'http://127.0.0.1:11434/v1/', models: ['qwen3', 'gemma4'] } as const
  const alone = defaultConfig({}, { local })
  expect(alone.providers).toEqual([
    {
      name: 'ollama',
      kind: 'ollama',
      dialect: 'openai-chat',
      url: 'http://127.0.0.1:11434/v1',
      auth: 'none',
      headers: {},
      quirks: {},
      models: ['qwen3', 'gemma4'],
    },
  ])
  expect(aliasesOf(alone)).toEqual({ fast: ['ollama/qwen3'], smart: ['ollama/qwen3'] })
  expect(aliasesOf(defaultConfig({ OPENAI_API_KEY: 'o' }, { local })).fast).toEqual(['openai/gpt-5.4-mini'])
  expect(aliasesOf(defaultConfig({}, { local: { ...local, models: [] } }))).toEqual({})
})

test('the simulator speaks every dialect, and no key is read beside it', () => {
  const config = defaultConfig({ OPENAI_API_KEY: 'o' }, { simulatorUrl: 'http://127.0.0.1:9/' })
  expect(config.providers.map(({ name, dialect, url, auth }) => [name, dialect, url, auth])).toEqual([
    ['simulator', 'openai-chat', 'http://127.0.0.1:9/v1', 'bearer'],
    ['simulator-responses', 'openai-responses', 'http://127.0.0.1:9/v1', 'bearer'],
    ['simulator-anthropic', 'anthropic-messages', 'http://127.0.0.1:9/v1', 'x-api-key'],
    ['simulator-gemini', 'gemini', 'http://127.0.0.1:9/v1beta', 'x-goog-api-key'],
    ['simulator-bedrock', 'bedrock-converse', 'http://127.0.0.1:9', 'bearer'],
  ])
  expect(aliasesOf(config)).toEqual({
    fast: ['simulator/sim-small', 'simulator-anthropic/sim-small'],
    smart: ['simulator/sim-large', 'simulator-anthropic/sim-large'],
  })
})
