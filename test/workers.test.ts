import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startSimulator } from '../src/simulator/index.ts'
import { openEventReader } from '../src/stores/sqlite/index.ts'
import { type Running, startInseam } from './process.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'inseam-workers-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const slow = { timeout: 60_000 }

interface Up extends Running {
  readonly url: string
  readonly page: string
  workers(): number[]
}

/** Two workers over `lab`, whose models all answer. */
async function up(simulatorUrl: string, more = 'gateway: { drainNotice: 0s }'): Promise<Up> {
  writeFileSync(join(cwd, 'inseam.yaml'), configuration(simulatorUrl, 'sim-small', more))
  const child = startInseam(['up', '--port', '0', '--admin-port', '0', '--json', '--workers', '2'], { cwd })
  const { url, page } = JSON.parse(await child.line(/^\{/))
  return { ...child, url, page, workers: () => childrenOf(child.pid) }
}

const configuration = (simulatorUrl: string, model: string, more: string) =>
  `providers: { lab: { dialect: openai-chat, url: "${simulatorUrl}/v1", key: any } }
models: { fast: { targets: [lab/${model}] } }
${more}
`

/** The workers that live. */
function childrenOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n')
  const rows = lines.map((line) => line.trim().split(/\s+/))
  return rows.filter(([, parent, stat]) => Number(parent) === pid && !stat?.startsWith('Z')).map(([own]) => Number(own))
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A call on a connection of its own: its id where it was answered, whole; else how it failed, within ten seconds. */
async function call(url: string, stream = false): Promise<{ readonly id?: string; readonly failed?: string }> {
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ model: 'fast', stream, messages: [{ role: 'user', content: 'Say hello.' }] }),
      signal: AbortSignal.timeout(10_000),
    })
    const text = await response.text()
    if (response.status !== 200) return { failed: `status ${response.status}: ${text}` }
    if (stream && !text.includes('[DONE]')) return { failed: `in-band: ${text.slice(-300)}` }
    return { id: response.headers.get('x-inseam-call') ?? '' }
  } catch (thrown) {
    return { failed: thrown instanceof Error ? thrown.name : String(thrown) }
  }
}

/** Calls without a pause until it is told to stop. */
function load(url: string, clients: number) {
  const done: { readonly id?: string; readonly failed?: string }[] = []
  let isOver = false
  const client = async (index: number) => {
    while (!isOver) done.push(await call(url, index % 2 === 0))
  }
  const all = Promise.all(Array.from({ length: clients }, (_, index) => client(index)))
  return {
    done,
    async stop() {
      isOver = true
      await all
    },
  }
}

const readiness = async (url: string) => (await fetch(`${url}/readyz`, { headers: { connection: 'close' } })).json()

const ready = (url: string) =>
  vi.waitFor(async () => expect(await readiness(url)).toEqual({ status: 'ready', reasons: [] }), slow)

function recorded(): Map<unknown, unknown> {
  using reader = openEventReader({ path: join(cwd, '.inseam/events.db') })
  return new Map(
    reader.query('select call_id, ending from v_calls').rows.map(({ call_id, ending }) => [call_id, ending]),
  )
}

describe('inseam up --workers', () => {
  it(
    'serves from two processes, which hold limits together, and its page hears of the calls of both',
    slow,
    async () => {
      await using simulator = await startSimulator()
      const limits = 'limits: [{ scope: feature, name: counted, requests: 5 }]'
      await using gateway = await up(simulator.url, `gateway: { drainNotice: 0s }\n${limits}`)
      expect(gateway.workers()).toHaveLength(2)
      const statuses = await Promise.all(
        Array.from({ length: 16 }, async () => {
          const response = await fetch(`${gateway.url}/v1/chat/completions`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', connection: 'close', 'x-inseam-feature': 'counted' },
            body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Say hello.' }] }),
          })
          await response.text()
          return response.status
        }),
      )
      expect(statuses.toSorted()).toEqual([...Array(5).fill(200), ...Array(11).fill(429)])
      const [address, token] = gateway.page.split('/#token=')
      const leave = new AbortController()
      const live = await fetch(`${address}/api/live`, {
        headers: { authorization: `Bearer ${token}` },
        signal: leave.signal,
      })
      let heard = ''
      const listening = live.body!.pipeThrough(new TextDecoderStream()).pipeTo(
        new WritableStream({
          write: (text) => {
            heard += text
          },
        }),
      )
      // Until a worker has heard that somebody looks, it tells nobody of its calls.
      await vi.waitFor(async () => {
        const asked = await Promise.all(Array.from({ length: 8 }, () => call(gateway.url)))
        await vi.waitFor(() => {
          for (const { id } of asked) expect(heard).toContain(id)
        })
      }, slow)
      leave.abort()
      await listening.catch(() => undefined)
      const answers = await Promise.all(Array.from({ length: 20 }, () => call(gateway.url)))
      const overview = await fetch(`${address}/api/calls`, { headers: { authorization: `Bearer ${token}` } })
      expect(overview.status).toBe(200)
      // The page's question waited for what both had recorded.
      const known = recorded()
      for (const { id } of answers) expect(known.get(id)).toBe('completed')
      gateway.kill('SIGINT')
      expect(await gateway.ended).toMatchObject({ code: 0 })
    },
  )

  it('goes on when a worker is killed under load, says so, and starts it again', slow, async () => {
    await using simulator = await startSimulator()
    await using gateway = await up(simulator.url)
    const traffic = load(gateway.url, 16)
    await vi.waitFor(() => expect(traffic.done.length).toBeGreaterThan(30), slow)
    const [first = 0] = gateway.workers()
    process.kill(first, 'SIGKILL')
    await gateway.line(/^Worker \d \(process \d+\) ended: SIGKILL\. With it at most \d+ calls were cut off/)
    const before = traffic.done.length
    await vi.waitFor(() => expect(traffic.done.length).toBeGreaterThan(before + 30), slow)
    await ready(gateway.url)
    expect(gateway.workers()).toHaveLength(2)
    await traffic.stop()
    const failed = traffic.done.filter(({ failed }) => failed !== undefined)
    expect(failed.length).toBeLessThanOrEqual(16)
    // A call that hangs is what nobody may suffer.
    expect(failed.map(({ failed }) => failed)).not.toContain('TimeoutError')
    expect(await call(gateway.url)).toMatchObject({ id: expect.stringMatching(/^call_/) })
    gateway.kill('SIGTERM')
    expect(await gateway.ended).toMatchObject({ code: 0 })
  })

  it('loses no event of a call that was answered when it is stopped under load', slow, async () => {
    await using simulator = await startSimulator({ pace: { firstTokenMs: 20, tokenMs: 2 } })
    await using gateway = await up(simulator.url)
    const traffic = load(gateway.url, 16)
    await vi.waitFor(() => expect(traffic.done.length).toBeGreaterThan(40), slow)
    const workers = gateway.workers()
    gateway.kill('SIGTERM')
    const { code, err } = await gateway.ended
    await traffic.stop()
    expect(err).toContain('Every event is on the record.')
    expect(code).toBe(0)
    expect(workers.filter(isAlive)).toEqual([])
    const known = recorded()
    const answered = traffic.done.flatMap(({ id }) => id ?? [])
    expect(answered.length).toBeGreaterThan(40)
    expect(answered.filter((id) => known.get(id) !== 'completed')).toEqual([])
    expect(traffic.done.filter(({ failed }) => failed === 'TimeoutError')).toEqual([])
  })

  it('puts a file in force in all workers or in none', slow, async () => {
    await using simulator = await startSimulator()
    await using gateway = await up(simulator.url)
    const modelsAsked = async () => {
      const before = simulator.log().length
      await Promise.all(Array.from({ length: 8 }, () => call(gateway.url)))
      return new Set(
        simulator
          .log()
          .slice(before)
          .map(({ model }) => model),
      )
    }
    writeFileSync(join(cwd, 'inseam.yaml'), 'models: { fast: { targets: [nowhere/m] } }\n')
    await gateway.line(/cannot be used; what was in force stays/)
    await vi.waitFor(async () => {
      for (let asked = 0; asked < 4; asked++)
        expect(await readiness(gateway.url)).toMatchObject({ reasons: [expect.stringContaining('nowhere')] })
    }, slow)
    expect(await modelsAsked()).toEqual(new Set(['sim-small']))
    // One that starts meanwhile gets what is in force, and not what is on the disk.
    const [first = 0] = gateway.workers()
    process.kill(first, 'SIGKILL')
    await gateway.line(/ended: SIGKILL/)
    await vi.waitFor(() => expect(gateway.workers().filter((pid) => pid !== first)).toHaveLength(2), slow)
    writeFileSync(join(cwd, 'inseam.yaml'), configuration(simulator.url, 'sim-large', ''))
    await gateway.line(/inseam\.yaml is in force/)
    await ready(gateway.url)
    expect(await modelsAsked()).toEqual(new Set(['sim-large']))
  })

  it('ends at once, with every worker, when it is told twice', slow, async () => {
    await using simulator = await startSimulator({ pace: { firstTokenMs: 60_000 } })
    await using gateway = await up(simulator.url, 'gateway: { drainNotice: 30s }')
    const workers = gateway.workers()
    gateway.kill('SIGTERM')
    await gateway.line(/^Not ready any more/)
    const again = setInterval(() => gateway.kill('SIGTERM'), 100)
    const { code, err } = await gateway.ended
    clearInterval(again)
    expect(code).toBe(143)
    expect(err).toMatch(/Stopped at once: \d+ calls? cut off/)
    await vi.waitFor(() => expect(workers.filter(isAlive)).toEqual([]), slow)
  })

  it('ends its workers, in order, when the supervisor is killed', slow, async () => {
    await using simulator = await startSimulator()
    await using gateway = await up(simulator.url)
    const workers = gateway.workers()
    const { id } = await call(gateway.url)
    gateway.kill('SIGKILL')
    await vi.waitFor(() => expect(workers.filter(isAlive)).toEqual([]), slow)
    expect(recorded().get(id)).toBe('completed')
  })

  it('gives up, and says why, where a worker ends whenever it is started', slow, async () => {
    await using simulator = await startSimulator()
    mkdirSync(join(cwd, 'features'))
    writeFileSync(
      join(cwd, 'features/bad.feature.ts'),
      `import { feature, prompt } from 'inseam'
setTimeout(() => process.exit(3), 400)
export default feature({ name: 'bad', model: 'fast', prompt: () => prompt\`Hello.\` })
`,
    )
    await using gateway = await up(simulator.url, 'features: ./features')
    const { code, err } = await gateway.ended
    expect(err).toMatch(/Worker \d ended again and again soon after its start, last with exit code 3\./)
    expect(code).toBe(1)
  })

  it('refuses an address that is taken, before it says that it is up', slow, async () => {
    await using simulator = await startSimulator()
    writeFileSync(join(cwd, 'inseam.yaml'), configuration(simulator.url, 'sim-small', ''))
    const { port } = new URL(simulator.url)
    await using gateway = startInseam(['up', '--port', port, '--no-page', '--workers', '2'], { cwd })
    const { code, out, err } = await gateway.ended
    expect(err).toContain('something else listens there')
    expect([code, out]).toEqual([2, ''])
  })
})
