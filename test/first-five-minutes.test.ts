import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { cloneInto } from './clone.ts'
import { type Running, start } from './process.ts'

/*
 * What somebody does who has just cloned the project: npm start, a first call from the SDK that they have, the call on the page,
 * its story. One walk, told in the order in which it is taken.
 */

const pinned = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))
const browser = '/usr/bin/chromium'

let folder = ''
let clone = ''
let started: Running
let url = ''
let page = ''
let callId = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'inseam-first-'))
  clone = join(folder, 'clone')
  cloneInto(clone)
  // As npm start with nothing said, but for ports that are free and a simulator where this machine runs a model server.
  const words = ['start', '--', '--simulate', '--port', '0', '--admin-port', '0', '--json']
  started = start('npm', words, {
    cwd: clone,
    env: { PATH: `${pinned}${delimiter}${process.env.PATH}` },
    asTerminal: true,
  })
  const said = JSON.parse(await started.line(/^\{/))
  url = said.url
  page = said.page
}, 120_000)
afterAll(async () => {
  await started?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** What the page asks. */
async function api(path: string): Promise<unknown> {
  const { origin, hash } = new URL(page)
  const response = await fetch(`${origin}/api/${path}`, {
    headers: { authorization: `Bearer ${hash.replace('#token=', '')}` },
  })
  expect(response.status).toBe(200)
  return response.json()
}

describe('the first five minutes with a fresh clone', { timeout: 60_000 }, () => {
  it('npm start builds the page and serves it', async () => {
    expect(existsSync(join(clone, 'dist/dashboard/index.html'))).toBe(true)
    expect(await (await fetch(page)).text()).toContain('<script type="module"')
    expect(await api('state')).toMatchObject({ gatewayUrl: url, isSimulated: true, hasRecord: true })
  })

  it('the first call from the official SDK is answered', async () => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' })
    const { data, response } = await client.chat.completions
      .create({ model: 'fast', messages: [{ role: 'user', content: 'Say hello.' }] })
      .withResponse()
    expect(data.choices[0]?.message.content).toBe('hello')
    callId = response.headers.get('x-inseam-call') ?? ''
    expect(callId).toMatch(/^call_/)
  })

  it('the call is in the list of the page, and its story says who answered', async () => {
    await vi.waitFor(async () => {
      const { calls } = (await api('calls')) as { calls: readonly { callId: string }[] }
      expect(calls.map((call) => call.callId)).toEqual([callId])
    }, 60_000)
    const { story, attempts } = (await api(`calls/${callId}`)) as { story: string; attempts: readonly unknown[] }
    expect(story).toContain(callId)
    expect(story).toMatch(/simulator\/sim-small answered\./)
    expect(attempts).toHaveLength(1)
  })

  it('a person finds it in the browser, opens it and reads the story', async ({ skip }) => {
    if (!existsSync(browser)) return skip(`There is no ${browser} here.`)
    await using chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] })
    const view = await chrome.newPage()
    const complaints: string[] = []
    view.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    view.on('pageerror', (error) => complaints.push(error.message))
    await view.goto(page)
    await view.getByRole('link', { name: 'Calls', exact: true }).first().click()
    await view.locator(`a[href*="${callId}"]`).first().click()
    const story = view.getByLabel("The call's story")
    await story.waitFor()
    expect(await story.textContent()).toMatch(/simulator\/sim-small answered\./)
    // The token is out of the address bar, where it would be copied along.
    expect(view.url()).not.toContain('token=')
    expect(complaints).toEqual([])
  })

  it('the same story is told at the command line', async () => {
    const words = ['run', '--silent', 'inseam', '--', 'explain', 'last']
    const env = { PATH: `${pinned}${delimiter}${process.env.PATH}` }
    const { code, out } = await start('npm', words, { cwd: clone, env }).ended
    expect(code).toBe(0)
    expect(out).toContain(callId)
    expect(out).toMatch(/simulator\/sim-small answered\./)
  })

  it('Ctrl-C ends it in order', async () => {
    started.kill('SIGINT')
    await started.line(/Stopped\. Every event is on the record\./)
    await started.ended
  })
})
