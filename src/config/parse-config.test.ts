// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultAliasPolicy, parseConfig } from '../config.ts'

const env = { ANTHROPIC_API_KEY: 'sk-ant-1', OPENAI_API_KEY: 'sk-2', PORT: '8080', EMPTY: '' }
const parse = (text: string, files: Record<string, string> = {}) =>
  parseConfig(text, {
    env,
    readFile: (path) => {
      const found = files[path]
      if (found === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' })
      return found
    },
  })

describe('a whole configuration', () => {
  test('resolves to plain data without a default left to fill in', () => {
    const config = parse(`
providers:
  anthropic: { key: "\${ANTHROPIC_API_KEY}", headers: { X-Team: red }, quirks: { rejectsSampling: false }, onDisconnect: { drain: 4000 }, maxConnections: 32 }
  lab: { dialect: openai-chat, url: "http://127.0.0.1:11434/v1/", models: [qwen3] }
models:
  fast:
    targets: [anthropic/claude-haiku-4-5, lab/team/qwen3]
    timeout: { total: 20s, firstToken: 4s, connect: 250ms }
    maxOutputTokens: 2000
    retry: { attempts: 2, base: 1s }
    cache: { ttl: 10m }
    coalesce: true
    promptCache: 1h
  spread:
    profile: long
    targets: [{ target: lab/a, weight: 3 }, { target: lab/b }]
gateway:
  port: "\${PORT}"
  host: 0.0.0.0
  maxBodyBytes: 512 KiB
  drainNotice: 0s
  drainTimeout: 1m
  ping: false
  readerTimeout: 45s
  keys: [{ name: ci, key: a-client-secret, tenant: acme, features: [triage], aliases: [fast, lab/x], passThrough: [lab] }]
  passThrough: { maxBodyBytes: 2 GiB, idle: 1m, total: 2h }
prices:
  lab/qwen3: { input: 0.5, output: "1.5", cacheRead: 0 }
cache: { store: memory, maxBytes: 10MB }
events: { store: memory, path: /var/lib/inseam/events.db, content: on }
features: [./features, /srv/more.ts]
`)
    expect(config.providers.map(({ models: _, ...provider }) => provider)).toEqual([
      {
        name: 'anthropic',
        kind: 'anthropic',
        dialect: 'anthropic-messages',
        url: 'https://api.anthropic.com/v1',
        auth: 'x-api-key',
        key: 'sk-ant-1',
        headers: { 'x-team': 'red' },
        quirks: { rejectsSampling: false, cacheDiagnostics: true },
        drainTokens: 4_000,
        maxConnections: 32,
      },
      {
        name: 'lab',
        kind: 'custom',
        dialect: 'openai-chat',
        url: 'http://127.0.0.1:11434/v1',
        auth: 'none',
        headers: {},
        quirks: {},
      },
    ])
    expect(config.aliases).toEqual([
      {
        name: 'fast',
        targets: [
          { provider: 'anthropic', model: 'claude-haiku-4-5', weight: 1 },
          { provider: 'lab', model: 'team/qwen3', weight: 1 },
        ],
        order: 'priority',
        timeouts: { connectMs: 250, headersMs: 30_000, firstTokenMs: 4_000, idleMs: 15_000, totalMs: 20_000 },
        retry: { attempts: 2, baseMs: 1_000, capMs: 8_000 },
        maxOutputTokens: 2000,
        cache: { ttlSeconds: 600 },
        coalesce: true,
        promptCache: '1h',
        translation: 'loud',
        onInterrupted: 'error',
      },
      {
        name: 'spread',
        targets: [
          { provider: 'lab', model: 'a', weight: 3 },
          { provider: 'lab', model: 'b', weight: 1 },
        ],
        order: 'weighted',
        timeouts: { connectMs: 3_000, headersMs: 60_000, firstTokenMs: 60_000, idleMs: 30_000, totalMs: 600_000 },
        retry: { attempts: 3, baseMs: 500, capMs: 8_000 },
        coalesce: false,
        promptCache: '5m',
        translation: 'loud',
        onInterrupted: 'error',
      },
    ])
    expect(config.gateway).toEqual({
      host: '0.0.0.0',
      port: 8080,
      requireKeys: false,
      trustedProxies: [],
      keyOutageMs: 600_000,
      keys: [
        {
          name: 'ci',
          key: 'a-client-secret',
          tenant: 'acme',
          features: ['triage'],
          aliases: ['fast', 'lab/x'],
          passThrough: ['lab'],
        },
      ],
      maxBodyBytes: 524_288,
      passThrough: { maxBodyBytes: 2 ** 31, connectMs: 10_000, headersMs: 600_000, idleMs: 60_000, totalMs: 7_200_000 },
      workers: 1,
      drainNoticeMs: 0,
      drainTimeoutMs: 60_000,
      readerTimeoutMs: 45_000,
    })
    expect({ ...config.prices }).toEqual({ 'lab/qwen3': [{ input: 0.5, output: 1.5, cacheRead: 0 }] })
    expect(config.cache).toEqual({ store: 'memory', maxBytes: 10_000_000 })
    expect(config.events).toEqual({ store: 'memory', path: '/var/lib/inseam/events.db', keepContent: true })
    expect(config.features).toEqual([resolve('features'), '/srv/more.ts'])
    expect(config.source).toBe('inseam.yaml')
  })
})

describe('what is left out', () => {
  test.each(['', '# nothing\n', 'providers:\nmodels:\ngateway:\n', '{}'])('%j comes from the environment', (text) => {
    const config = parse(text)
    expect(config.providers.map(({ name, key }) => [name, key])).toEqual([
      ['anthropic', 'sk-ant-1'],
      ['openai', 'sk-2'],
    ])
    expect(config.aliases.map(({ name, targets }) => [name, targets.map(({ model }) => model)])).toEqual([
      ['fast', ['claude-haiku-4-5', 'gpt-5.4-mini']],
      ['smart', ['claude-opus-5-5', 'gpt-6-sol']],
    ])
    expect(config.aliases[0]?.timeouts).toEqual(defaultAliasPolicy.timeouts)
    expect(config.gateway).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      keys: [],
      drainTimeoutMs: 30_000,
      pingMs: 10_000,
    })
    expect(config.events).toEqual({ store: 'sqlite', path: '.inseam/events.db', keepContent: false })
    expect(config.features).toEqual([])
  })

  test('a known provider takes its key from its usual variable, at its usual address only', () => {
    const config = parse('providers: { openai: , proxy: { kind: openai, url: "http://10.0.0.1/v1" } }')
    expect(config.providers.map(({ name, auth, key }) => [name, auth, key])).toEqual([
      ['openai', 'bearer', 'sk-2'],
      ['proxy', 'none', undefined],
    ])
  })

  test('a path of the file starts from the folder of the configuration', () => {
    const config = parseConfig('events: { path: data/e.db }', { path: '/etc/inseam/inseam.yaml', env: {} })
    expect(config.events.path).toBe('/etc/inseam/data/e.db')
  })

  test('a key makes a local server ask for it', () => {
    const [provider] = parse('providers: { vllm: { key: "abc" } }').providers
    expect(provider).toMatchObject({ auth: 'bearer', key: 'abc', url: 'http://127.0.0.1:8000/v1' })
  })

  test('a host spoken to in another dialect has none of its known quirks, and the usual credential of that dialect', () => {
    const [provider] = parse(
      'providers: { deepseek: { dialect: anthropic-messages, url: "https://d/x", key: k } }',
    ).providers
    expect(provider).toMatchObject({ auth: 'x-api-key', quirks: {}, kind: 'deepseek' })
  })
})

describe('variables', () => {
  const header = (value: string, files = {}) =>
    parse(
      `providers: { l: { dialect: openai-chat, url: "http://h", headers: { x: ${JSON.stringify(value)} } } }`,
      files,
    ).providers[0]?.headers.x

  test.each([
    ['a ${PORT} b ${PORT}', 'a 8080 b 8080'],
    ['${NOT_SET:-fall back}', 'fall back'],
    ['${EMPTY:-fall back}', 'fall back'],
    ['${PORT:-other}', '8080'],
    ['$${PORT}', '${PORT}'],
    ['$PORT', '$PORT'],
    ['a${EMPTY}b', 'ab'],
    ['${NOT_SET:-}x', 'x'],
  ])('%j gives %j', (written, expected) => {
    expect(header(written)).toBe(expected)
  })

  test('are filled in from files, less the last line break', () => {
    const path = `${process.cwd()}/secrets/one`
    expect(header('<${file:secrets/one}>', { [path]: 'two\r\n' })).toBe('<two>')
    expect(header('${file:/run/secrets/one}', { '/run/secrets/one': 'one\n' })).toBe('one')
  })

  test('are never filled in twice, nor read as YAML', () => {
    const text = 'providers: { l: { dialect: openai-chat, url: "http://h", headers: { x: "${TRICK}" } } }'
    const config = parseConfig(text, { env: { TRICK: 'a, key: ${PORT}', PORT: '1' } })
    expect(config.providers[0]?.headers).toEqual({ x: 'a, key: ${PORT}' })
  })
})

test('anchors and aliases of YAML work', () => {
  const config = parse('models:\n  a: &a { targets: [openai/x], timeout: { total: 1s } }\n  b: *a\n')
  expect(config.aliases.map(({ name, timeouts }) => [name, timeouts.totalMs])).toEqual([
    ['a', 1_000],
    ['b', 1_000],
  ])
})

test('the page is on this machine, on an address and behind a token of the operator, or nowhere', () => {
  const adminOf = (text: string, env = {}) => parseConfig(text, { env }).admin
  expect(adminOf('')).toEqual({ host: '127.0.0.1' })
  expect(adminOf('admin: { port: 0 }')).toEqual({ host: '127.0.0.1', port: 0 })
  const token = 'only-for-those-who-know'
  expect(adminOf('admin: { host: 0.0.0.0, token: "${PAGE_TOKEN}" }', { PAGE_TOKEN: token })).toEqual({
    host: '0.0.0.0',
    token,
  })
  expect(adminOf('admin: false')).toBe(false)
})

test('OpenAI speaks its other dialect at the same address, by the same key', () => {
  const { providers } = parse('providers: { openai: { dialect: openai-responses, key: k } }')
  expect(providers[0]).toMatchObject({
    dialect: 'openai-responses',
    url: 'https://api.openai.com/v1',
    auth: 'bearer',
    key: 'k',
  })
})

test('reads the ways on of an alias, and says where one leads nowhere', () => {
  const text = (way: string) => `
providers:
  lab: { dialect: openai-chat, url: "http://127.0.0.1:1/v1" }
models:
  fast: { targets: [lab/small], onContextExceeded: [${way}], onContentBlocked: [lab/other] }
`
  const [alias] = parseConfig(text('lab/large'), { env: {} }).aliases
  expect(alias?.onContextExceeded).toEqual([{ provider: 'lab', model: 'large', weight: 1 }])
  expect(alias?.onContentBlocked).toEqual([{ provider: 'lab', model: 'other', weight: 1 }])
  expect(() => parseConfig(text('elsewhere/large'), { env: {} })).toThrow(/onContextExceeded.*leads nowhere/s)
})

test('a record in Postgres, with its defaults and without', () => {
  const url = 'postgres://u:p@db/x'
  const at = (events: string) =>
    parseConfig(`events: ${events}`, { path: '/etc/inseam/inseam.yaml', env: { DATABASE_URL: url } }).events
  expect(at('{ store: postgres, url: "${DATABASE_URL}" }')).toEqual({
    store: 'postgres',
    path: '/etc/inseam/.inseam/events.db',
    keepContent: false,
    postgres: { url, spool: { path: '/etc/inseam/.inseam/spool', maxBytes: 2 ** 30 }, migrate: 'auto' },
  })
  const spool = '{ path: /var/spool/inseam, maxBytes: 10 MiB }'
  expect(at(`{ store: postgres, url: "${url}", retention: 90d, spool: ${spool}, migrate: never }`).postgres).toEqual({
    url,
    retentionMs: 90 * 86_400_000,
    spool: { path: '/var/spool/inseam', maxBytes: 10 * 2 ** 20 },
    migrate: 'never',
  })
})
