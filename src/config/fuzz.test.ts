// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { ConfigInvalid } from '../errors/index.ts'
import { parseConfig } from './parse-config.ts'

const options = {
  env: { ANTHROPIC_API_KEY: 'canary-of-env', WORD: 'canary-of-word', PORT: '80' },
  readFile: (path: string) => {
    if (path.endsWith('missing')) throw new Error('canary-of-failure')
    return 'canary-of-file\n'
  },
}

/** The message, or an empty one where the text is a configuration. Whatever else is thrown fails the test. */
function messageOf(text: string): string {
  try {
    parseConfig(text, options)
    return ''
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error
    for (const { line, column, message, fix } of error.problems) {
      expect(line).toBeGreaterThanOrEqual(0)
      expect(column).toBeGreaterThanOrEqual(0)
      expect(message).toMatch(/\.$/)
      expect(fix).toMatch(/\.$/)
    }
    return error.message
  }
}

const valid = `
providers:
  anthropic: { key: "\${ANTHROPIC_API_KEY}", headers: { x-team: red } }
  lab: { dialect: openai-chat, url: "http://127.0.0.1:11434/v1" }
models:
  fast: { targets: [anthropic/claude-haiku-4-5, { target: lab/x, weight: 2 }], timeout: { total: 20s }, cache: { ttl: 1m } }
gateway: { port: "\${PORT}", keys: [{ name: ci, key: "\${file:/k}", aliases: [fast] }] }
prices: { lab/x: { input: 1, output: 2 } }
`

const word = fc.constantFrom(
  ...['providers', 'models', 'gateway', 'prices', 'cache', 'events', 'anthropic', 'openai', 'lab', 'fast', 'feature'],
  ...['targets', 'target', 'weight', 'timeout', 'total', 'key', 'keys', 'name', 'url', 'dialect', 'headers', 'quirks'],
  ...[
    'store',
    'maxBytes',
    'ttl',
    'input',
    'output',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    '<<',
  ],
)
const scalar = fc.oneof(
  word,
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    '20s',
    '64 MiB',
    'openai-chat',
    'http://h',
    'lab/x',
    '${WORD}',
    '${file:/k}',
    '${file:missing}',
    '${',
    '$${',
  ),
)
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(word, fc.string()), tie('node'), { maxKeys: 5 }),
  ),
})).node

test('a variable may be called as what every object has', () => {
  for (const name of ['constructor', 'toString', '__proto__'])
    expect(messageOf(`gateway: { port: "\${${name}}" }`)).toContain(name)
})

test('any text is a configuration or ConfigInvalid', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void messageOf(text)))
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...'{}[]:,-?&*!|>\'"%@`# \n\t\\$ab0'), { maxLength: 60 }),
      (characters) => void messageOf(characters.join('')),
    ),
    { numRuns: 500 },
  )
})

test('any data is a configuration or ConfigInvalid', () => {
  fc.assert(
    fc.property(tree, (value) => void messageOf(stringify(value))),
    { numRuns: 500 },
  )
})

test('a configuration with a piece cut out or put in is a configuration or ConfigInvalid', () => {
  const at = fc.nat({ max: valid.length })
  fc.assert(
    fc.property(at, fc.nat({ max: 12 }), fc.oneof(fc.string({ maxLength: 5 }), word), (start, length, piece) => {
      messageOf(valid.slice(0, start) + piece + valid.slice(start + length))
    }),
    { numRuns: 500 },
  )
  expect(messageOf(valid)).toBe('')
})

test('no value of a variable, a file or a key is in a message, whatever is wrong around it', () => {
  const secret = 'canary-literal-9f3'
  const text = valid
    .replace('"${ANTHROPIC_API_KEY}"', `"${secret}"`)
    .replace('red', secret)
    .replace('total: 20s', 'total: "${WORD}"')
    .replace('port: "${PORT}"', 'port: "${WORD}", host: "${file:/k}"')
  expect(messageOf(text)).not.toContain('canary')
  expect(messageOf(text)).toContain('models.fast.timeout.total: "${WORD}" is no duration.')

  const at = fc.nat({ max: text.length })
  fc.assert(
    fc.property(
      at,
      fc.constantFrom('"', "'", '{', '}', '[', ']', ',', ': ', '\n', '\t', '#', '- ', '&', '*', '!'),
      (start, piece) => {
        expect(messageOf(text.slice(0, start) + piece + text.slice(start))).not.toContain(secret)
        expect(messageOf(text.slice(0, start) + piece + text.slice(start + 1))).not.toMatch(/canary-of/)
      },
    ),
    { numRuns: 500 },
  )
})

test.each([
  ['a misspelt key', 'providers: { anthropic: { kye: hunter22 } }'],
  ['a key of a style that is not ours', 'providers:\n  anthropic:\n    api_key: hunter22\n'],
  ['broken YAML', 'providers:\n  anthropic:\n    key: "hunter22\n'],
  ['broken YAML beside it', 'providers: { anthropic: { key: hunter22, url: } ]'],
  ['a key in two pieces', 'providers: { anthropic: { key: "abc" hunter22 } }'],
  ['a header', 'providers: { anthropic: { headers: { x-y: hunter22 }, dialct: x } }'],
  ['a user in a URL', 'providers: { lab: { dialect: openai-chat, url: "http://me:hunter22@h" } }'],
  ['a parameter of a URL', 'providers: { lab: { dialect: openai-chat, url: "http://h?x=hunter22" } }'],
  ['a default', 'providers: { anthropic: { key: "${NOT_SET:-hunter22}", dialct: x } }'],
  ['a key over several lines', 'providers:\n  anthropic:\n    key: |\n      hunter22\n      more\n    dialct: x\n'],
  ['the key of a gateway', 'gateway: { keys: [{ name: a, key: hunter22, tenants: x }, { name: b, key: hunter22 }] }'],
  ['a tree where a key should be', 'providers: { anthropic: { key: { value: hunter22 } } }'],
  ['a list where a key should be', 'providers: { anthropic: { key: [hunter22] } }'],
  ['an anchor', 'providers: { anthropic: { key: &k hunter22 }, lab: { kind: *k } }'],
])('a literal secret is hidden in %s', (_, text) => {
  expect(messageOf(text)).not.toBe('')
  expect(messageOf(text)).not.toContain('hunter22')
})
