// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, it } from 'vitest'
import { inseam } from './process.ts'

const cwd = mkdtempSync(join(tmpdir(), 'inseam-cli-keys-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const ask = (...words: string[]) => inseam(['keys', ...words], { cwd })

it('makes keys whose secret is shown once, and keeps a log that tells where it was changed', async () => {
  const made = await ask('create', 'ci', '--alias', 'fast', '--budget', '5/day', '--expires', '90d', '--json')
  expect(made.code).toBe(0)
  const { key, secret } = JSON.parse(made.out)
  expect(key).toMatchObject({
    name: 'ci',
    aliases: ['fast'],
    budgets: [{ id: `key/${key.id}/day`, limitNanoUsd: 5e9 }],
  })

  const [shown, refused, revoked] = [await ask('show', 'ci'), await ask('create', 'ci'), await ask('revoke', 'ci')]
  expect(shown.out).toContain('models fast; 5 USD a day')
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('Fix: Give it another name')])
  expect(revoked.out).toContain('The key "ci" is revoked.')
  const whole = await ask('audit', '--verify')
  expect(whole.out).toContain('The log is whole: 2 entries.')
  for (const { out, err } of [shown, refused, revoked, whole]) expect(out + err).not.toContain(secret)

  const path = join(cwd, '.inseam', 'state.db')
  expect(readFileSync(path).includes(secret)).toBe(false)
  const database = new DatabaseSync(path)
  database.exec(`UPDATE audit_entries SET actor = 'nobody' WHERE seq = 1`)
  database.close()
  const broken = await ask('audit', '--verify')
  expect([broken.code, broken.err]).toEqual([2, expect.stringContaining('entry 1 is not what was written')])
})

it('shows no secret of the configuration again, wherever that was written', async () => {
  const names = ['key', 'header', 'gateway', 'token', 'events', 'state', 'redis', 'hook']
  const SIGNATURE = `whsec_${Buffer.alloc(32, 'canary').toString('base64')}`
  const secrets = names.map((name) => [`SECRET_${name.toUpperCase()}`, `canary-${name}-0123456789abcdef`])
  const env = { ...Object.fromEntries(secrets), SIGNATURE }
  writeFileSync(join(cwd, 'key.txt'), 'canary-file-0123456789abcdef')
  const config = [
    'providers:',
    '  openai: { key: "${SECRET_KEY}", headers: { x-proxy: "${SECRET_HEADER}" } }',
    '  anthropic: { key: "${file:key.txt}" }',
    'gateway: { keys: [{ name: ci, key: "${SECRET_GATEWAY}" }] }',
    'admin: { token: "${SECRET_TOKEN}-and-long-enough-to-be-one" }',
    'events: { store: postgres, url: "postgres://u:${SECRET_EVENTS}@localhost/d" }',
    'state: { store: postgres, url: "postgres://u:${SECRET_STATE}@localhost/d" }',
    'redis: { url: "redis://u:${SECRET_REDIS}@localhost" }',
    'webhooks: [{ url: "https://hooks.example.com/${SECRET_HOOK}", secret: "${SIGNATURE}" }]',
  ]
  writeFileSync(join(cwd, 'all.yaml'), config.join('\n'))
  const shown = await inseam(['config', 'check', 'all.yaml', '--json'], { cwd, env })
  expect(shown.code).toBe(0)
  expect(shown.out).toContain('[hidden]')
  for (const secret of ['canary', SIGNATURE]) expect(shown.out + shown.err).not.toContain(secret)
})
