// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { expect, test } from 'vitest'
import { ConfigInvalid } from '../errors/index.ts'
import { parseConfig } from './parse-config.ts'
import { secretsIn } from './secrets.ts'

const env = { OPENAI_API_KEY: 'sk-from-env', REDIS_URL: 'rediss://user:hunter%2Dtwo@redis.example:6380/2' }
const models = 'models:\n  fast: { targets: [openai/gpt-5.4-mini] }\n'

/** What the operator reads. */
function said(text: string): string {
  try {
    parseConfig(models + text, { env })
  } catch (error) {
    if (error instanceof ConfigInvalid) return `\n${error.message}\n`
    throw error
  }
  return 'nothing'
}

test('limits keep their id when their amounts change', () => {
  const ids = (amount: number) =>
    parseConfig(
      `${models}limits:
  - { scope: global, concurrency: ${amount} }
  - { scope: key, name: "*", requests: ${amount}, inputTokens: 1000000 }
  - { scope: alias, name: fast, outputTokens: ${amount} }
  - { scope: alias, name: openai/gpt-6-sol, requests: ${amount} }
`,
      { env },
    ).limits
  expect(ids(5)).toEqual([
    { id: 'global', scope: 'global', concurrency: 5 },
    { id: 'key:*', scope: 'key', name: '*', requests: 5, inputTokens: 1_000_000 },
    { id: 'alias:fast', scope: 'alias', name: 'fast', outputTokens: 5 },
    { id: 'alias:openai/gpt-6-sol', scope: 'alias', name: 'openai/gpt-6-sol', requests: 5 },
  ])
  expect(ids(6).map(({ id }) => id)).toEqual(ids(5).map(({ id }) => id))
})

test('none are the default, and no Redis', () => {
  const config = parseConfig(models, { env })
  expect(config.limits).toEqual([])
  expect(config.redis).toBeUndefined()
})

test('amounts that are negative, nothing, fractional, absurd or no number', () => {
  const message = said(
    'limits:\n  - { scope: global, requests: -1, inputTokens: 0 }\n  - { scope: global, outputTokens: 1e30, concurrency: many }\n  - { scope: alias, name: fast, requests: 2.5, concurrency: .inf }\n',
  )
  expect(message).toContain('limits[0].requests: "-1" is no number of requests. Write a whole number from 1 to')
  expect(message).toContain('limits[0].inputTokens: "0" is no number of tokens.')
  expect(message).toContain('limits[1].outputTokens: "1e30" is no number of tokens.')
  expect(message).toContain('limits[1].concurrency: "many" is no number of calls.')
  expect(message).toContain('limits[2].requests: "2.5" is no number of requests.')
  expect(message).toMatch(/limits\[2\]\.concurrency: .* no number of calls\./)
})

test('scopes that there are not, names that are missing or too many, and limits of nothing', () => {
  expect(said('limits:\n  - { scope: user, requests: 1 }\n')).toContain(
    'limits[0].scope: "user" is no scope. Write global, key, feature, tenant or alias.',
  )
  const message = said(
    'limits:\n  - { scope: key, requests: 1 }\n  - { scope: global, name: all, requests: 1 }\n  - { scope: tenant, name: "*" }\n',
  )
  expect(message).toContain(
    'inseam.yaml:4:14  limits[0].scope: It does not say which key. Add name: NAME, or name: "*"',
  )
  expect(message).toContain('limits[1].name: A global limit counts every call, and has no name. Remove the name.')
  expect(message).toContain('limits[2]: It limits nothing. Add requests, inputTokens, outputTokens or concurrency.')
  expect(said('limits:\n  - { scope: key, name: a, tokens: 1 }\n')).toContain('limits[0].tokens: This key is unknown.')
})

test('an alias that is gone, and the same limit twice', () => {
  const message = said(
    'limits:\n  - { scope: alias, name: fsat, requests: 1 }\n  - { scope: tenant, name: a, requests: 1 }\n  - { scope: tenant, name: a, concurrency: 1 }\n',
  )
  expect(message).toContain('"fsat" is no alias and no model. Did you mean "fast"? Aliases: fast.')
  expect(message).toContain(
    'limits[2]: It counts the same as limits[1]: scope and name. Write all amounts in one of them.',
  )
})

test('an address that is no Redis, without its password', () => {
  const message = said('redis: { url: "http://me:hunter-two@h" }\n')
  expect(message).toContain('is no URL of a Redis. Write redis://host:6379')
  expect(message).not.toContain('hunter')
  const odd = said('redis: { url: "redis://h:6379", processes: 0, timeout: 1ms, cluster: true }\n')
  expect(odd).toContain('redis.processes: "0" is no number of processes. Write a whole number from 1 to 10000.')
  expect(odd).toContain('redis.timeout: "1ms" is')
  expect(odd).toContain('redis.cluster: This key is unknown.')
})

test('the password of Redis is a secret', () => {
  const config = parseConfig(`${models}redis: { url: "\${REDIS_URL}", prefix: "shop:", timeout: 1s, processes: 8 }\n`, {
    env,
  })
  expect(config.redis).toEqual({ url: env.REDIS_URL, prefix: 'shop:', timeoutMs: 1_000, processes: 8 })
  expect(secretsIn(config)).toEqual(expect.arrayContaining(['hunter%2Dtwo', 'hunter-two']))
})
