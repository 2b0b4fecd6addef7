// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { expect, it } from 'vitest'
import { ConfigInvalid } from '../errors/index.ts'
import { parseConfig } from './parse-config.ts'

const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
const webhooksOf = (text: string) => parseConfig(text, { env: { SECRET: secret } }).webhooks

it('reads webhooks, with ten seconds for a delivery where nothing else is said', () => {
  expect(
    webhooksOf(`
webhooks:
  - { url: "https://hooks.example.com/a", secret: "\${SECRET}" }
  - { url: "http://127.0.0.1:9000/b", secret: "\${SECRET}", timeout: 2s }
`),
  ).toEqual([
    { url: 'https://hooks.example.com/a', secret, timeoutMs: 10_000 },
    { url: 'http://127.0.0.1:9000/b', secret, timeoutMs: 2_000 },
  ])
  expect(webhooksOf('{}')).toEqual([])
})

it.each([
  ['no URL', 'hooks.example.com', '${SECRET}', 'Messages cannot be sent there.'],
  ['plain http to another machine', 'http://hooks.example.com/a', '${SECRET}', 'Messages cannot be sent there.'],
  ['another protocol', 'ftp://hooks.example.com/a', '${SECRET}', 'Messages cannot be sent there.'],
  ['a password in the URL', 'https://me:pass@hooks.example.com', '${SECRET}', 'Messages cannot be sent there.'],
  ['no prefix', 'https://a.example', 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0', 'This is no secret of Standard Webhooks.'],
  ['a short secret', 'https://a.example', 'whsec_c2hvcnQ=', 'This is no secret of Standard Webhooks.'],
  ['no base64', 'https://a.example', `whsec_${'!'.repeat(40)}`, 'This is no secret of Standard Webhooks.'],
])('refuses %s, and shows neither URL nor secret', (_, url, said, problem) => {
  let thrown: unknown
  try {
    webhooksOf(`webhooks: [{ url: "${url}", secret: "${said}" }]`)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(ConfigInvalid)
  const { message } = thrown as ConfigInvalid
  expect(message).toContain(problem)
  expect(message).not.toContain('hooks.example.com/a')
  expect(message).not.toContain('whsec_c2hvcnQ')
})
