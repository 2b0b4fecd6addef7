import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallView, SimulatorView, StateView } from '../src/admin/api.ts'
import { inseam, startInseam } from './process.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'inseam-page-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const words = ['up', '--port', '0', '--json']

/** What the link opens: a view, as the page asks for it. */
async function view<View>(link: string, path: string): Promise<View> {
  const { origin, hash } = new URL(link)
  const response = await fetch(`${origin}/api/${path}`, {
    headers: { authorization: `Bearer ${hash.slice('#token='.length)}` },
  })
  expect(response.status).toBe(200)
  return (await response.json()) as never
}

describe('inseam up', () => {
  it('serves the page of what it runs, and the simulator can be broken there', async () => {
    await using child = startInseam([...words, '--simulate', '--admin-port', '0'], { cwd })
    const { url, page } = JSON.parse(await child.line(/^\{/))
    expect(await view<StateView>(page, 'state')).toMatchObject({
      gatewayUrl: url,
      isSimulated: true,
      hasRecord: true,
      origin: expect.stringMatching(/^the simulator at/),
      aliases: [{ name: 'fast' }, { name: 'smart' }],
    })
    const answered = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Say hello.' }] }),
    })
    const id = answered.headers.get('x-inseam-call')
    const { call, story } = await view<CallView>(page, `calls/${id}`)
    expect(call.callId).toBe(id)
    expect(story).toContain('asked for "fast" through the gateway')
    expect((await view<SimulatorView>(page, 'simulator')).inForce).toEqual([])
    child.kill('SIGINT')
    expect((await child.ended).code).toBe(0)
  })

  it('stops at once though somebody looks at the live list', async () => {
    await using child = startInseam([...words, '--simulate', '--admin-port', '0'], { cwd })
    const { page } = JSON.parse(await child.line(/^\{/))
    const { origin, hash } = new URL(page)
    const live = await fetch(`${origin}/api/live`, {
      headers: { authorization: `Bearer ${hash.slice('#token='.length)}` },
    })
    child.kill('SIGINT')
    expect(await live.text()).toContain(': calls as they end')
    expect((await child.ended).code).toBe(0)
  })

  it('prints the link, and where the token is configured no token', async () => {
    const token = 'page-token-canary-5150'
    writeFileSync(
      join(cwd, 'inseam.yaml'),
      `providers: { lab: { dialect: openai-chat, url: "http://127.0.0.1:9/v1", key: any } }
models: { fast: { targets: [lab/m] } }
admin: { port: 0, token: ${token} }
events: { store: none }`,
    )
    await using child = startInseam(['up', '--port', '0'], { cwd })
    const line = await child.line(/The page: /)
    const [link = ''] = /http:\S+/.exec(line) ?? []
    await child.line(/Stop with Ctrl-C/)
    expect((await view<StateView>(`${link}#token=${token}`, 'state')).hasRecord).toBe(false)
    child.kill('SIGINT')
    const { out, err } = await child.ended
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(out + err).not.toContain('canary')
    const { out: shown } = await inseam(['config', 'check', '--json'], { cwd })
    expect(JSON.parse(shown).admin).toEqual({ host: '127.0.0.1', port: 0, token: '[hidden]' })
  })

  it('serves none where none is wanted', async () => {
    await using child = startInseam([...words, '--simulate', '--no-page'], { cwd })
    expect(JSON.parse(await child.line(/^\{/))).not.toHaveProperty('page')
    writeFileSync(join(cwd, 'inseam.yaml'), 'admin: false\nproviders: { openai: { key: sk-any } }')
    await using configured = startInseam(words, { cwd })
    expect(JSON.parse(await configured.line(/^\{/))).not.toHaveProperty('page')
  })

  it('ends, and says how to mend it, where the port of the page is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const { code, err } = await inseam([...words, '--simulate', '--admin-port', String(port)], { cwd })
    other.close()
    expect(code).toBe(2)
    expect(err).toContain(`The page cannot be served on 127.0.0.1:${port}: something else listens there.`)
    expect(err).toContain('--no-page')
  })
})
