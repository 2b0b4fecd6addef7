// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { configJsonSchema } from './json-schema.ts'
import { parseConfig } from './parse-config.ts'

const schema = configJsonSchema()
const accepts = new Ajv({ strict: false }).compile(schema)

test.each([
  ['', true],
  ['providers: { anthropic: { key: "${K:-x}" }, ollama: }', true],
  ['models: { fast: { targets: [openai/x, { target: openai/y, weight: 2 }], timeout: { total: 20s } } }', true],
  ['gateway: { port: "${PORT:-4000}", maxBodyBytes: 10 MiB }', true],
  ['cache: { store: memory, maxBytes: 10MB }', true],
  ['models: { fast: { targets: [openai/x], timeout: { total: 20 } } }', false],
  ['models: { fast: { targets: [] } }', false],
  ['models: { a/b: { targets: [openai/x] } }', false],
  ['models: { feature: { targets: [openai/x] } }', false],
  ['gateway: { port: 70000 }', false],
  ['gateway: { prot: 1 }', false],
  ['cache: { store: redis }', false],
  ['events: { content: on }', true],
  ['events: { content: some }', false],
  ['features: ./features', true],
  ['features: [./a.ts, "${B:-b}"]', true],
  ['features: { a: ./a.ts }', false],
  ['features: [7]', false],
  ['prices: { x: { input: 1 } }', false],
])('editors judge %j as the check at start does', (text, fits) => {
  expect(accepts(parse(text) ?? {})).toBe(fits)
  const check = () => parseConfig(text, { env: { OPENAI_API_KEY: 'k' } })
  if (fits) expect(check).not.toThrow()
  else expect(check).toThrow()
})

test('every key has a description', () => {
  const bare: string[] = []
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties') {
        for (const [name, property] of Object.entries(value)) {
          if (!(property as { description?: string }).description) bare.push(`${path}.${name}`)
        }
      }
      walk(value, key === 'properties' ? path : `${path}.${key}`)
    }
  }
  walk(schema, '')
  expect(bare).toEqual([])
})
