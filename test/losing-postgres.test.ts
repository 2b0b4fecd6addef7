import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Simulator, startSimulator } from '../src/simulator/index.ts'
import { openPostgresEventReader } from '../src/stores/postgres/index.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../src/stores/postgres/postgres-server.suite.ts'
import { type Running, startInseam } from './process.ts'

const slow = { timeout: 120_000 }

describe.skipIf(!hasPostgres)('a gateway whose record and budgets are in Postgres', () => {
  let server: PostgresServer
  let simulator: Simulator
  let cwd = ''
  beforeAll(async () => {
    simulator = await startSimulator()
  })
  afterAll(() => simulator.close())
  beforeEach(async () => {
    server = await startPostgres()
    cwd = mkdtempSync(join(tmpdir(), 'inseam-losing-'))
    writeFileSync(
      join(cwd, 'inseam.yaml'),
      `providers: { lab: { dialect: openai-chat, url: "${simulator.url}/v1", key: any } }
models: { fast: { targets: [lab/sim-small], maxOutputTokens: 50 } }
prices: { sim-small: { input: 1, output: 2 } }
budgets: [{ scope: feature, name: governed, limit: 1000 USD, per: day, hard: true }]
events: { store: postgres, url: "${server.url}" }
state: { store: postgres, url: "${server.url}" }
gateway: { drainNotice: 0s }
`,
    )
  })
  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(cwd, { recursive: true, force: true })
  })

  async function up(): Promise<Running & { readonly url: string }> {
    const child = startInseam(['up', '--port', '0', '--no-page', '--json'], { cwd })
    const { url } = JSON.parse(await child.line(/^\{/))
    return { ...child, url }
  }

  /** The id of a call that was answered, or how it was refused. */
  async function call(url: string, feature?: string): Promise<{ readonly id?: string; readonly status: number }> {
    try {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          connection: 'close',
          ...(feature && { 'x-inseam-feature': feature }),
        },
        body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Say hello.' }] }),
        signal: AbortSignal.timeout(30_000),
      })
      await response.text()
      const id = response.headers.get('x-inseam-call')
      return { status: response.status, ...(id !== null && response.ok && { id }) }
    } catch {
      return { status: 0 }
    }
  }

  /** Calls without a pause; gives the ids of those that were answered. */
  function load(url: string) {
    const ids: string[] = []
    let isOver = false
    const client = async () => {
      while (!isOver) {
        const { id } = await call(url)
        if (id) ids.push(id)
      }
    }
    const all = Promise.all([client(), client(), client()])
    return {
      ids,
      answered: (count: number) => expect.poll(() => ids.length, { timeout: 60_000 }).toBeGreaterThan(count),
      async stop() {
        isOver = true
        await all
        return ids
      },
    }
  }

  const readiness = async (url: string): Promise<string> => (await fetch(`${url}/readyz`)).text()
  const recorded = async (): Promise<Set<string>> => {
    await using reader = await openPostgresEventReader({ url: server.url })
    const { rows } = await reader.query('SELECT call_id FROM v_calls', [], { limit: 1_000_000 })
    return new Set(rows.map(({ call_id }) => String(call_id)))
  }
  const lost = async (ids: readonly string[]): Promise<number> => {
    const there = await recorded()
    return ids.filter((id) => !there.has(id)).length
  }

  it(
    'answers on and loses no event while Postgres is killed and comes back, closes what is governed, and says both',
    slow,
    async () => {
      await using gateway = await up()
      expect((await call(gateway.url, 'governed')).status).toBe(200)
      const running = load(gateway.url)
      await running.answered(20)
      await server.kill()
      await expect.poll(() => readiness(gateway.url), { timeout: 60_000 }).toMatch(/events wait on disk/)
      const refused = await call(gateway.url, 'governed')
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(await readiness(gateway.url)).toMatch(/Calls that a budget counts are refused/)
      await running.answered(running.ids.length + 20)
      await server.restart()
      await expect.poll(() => readiness(gateway.url), { timeout: 60_000 }).not.toMatch(/wait on disk|are refused/)
      expect((await call(gateway.url, 'governed')).status).toBe(200)
      await running.answered(running.ids.length + 20)
      gateway.kill('SIGTERM')
      expect(await gateway.ended).toMatchObject({
        code: 0,
        err: expect.stringMatching(/Events wait in .*is back.*Every event is on the record/s),
      })
      expect(await lost(await running.stop())).toBe(0)
    },
  )

  it(
    'puts everything on disk where it is stopped while Postgres is away, and the next one sends it',
    slow,
    async () => {
      const spool = join(cwd, '.inseam/spool')
      const ids: string[] = []
      {
        await using gateway = await up()
        const running = load(gateway.url)
        await running.answered(10)
        await server.kill()
        await running.answered(running.ids.length + 10)
        gateway.kill('SIGTERM')
        expect((await gateway.ended).code).toBe(0)
        ids.push(...(await running.stop()))
        expect(readdirSync(spool).length).toBeGreaterThan(0)
      }
      await server.restart()
      await using gateway = await up()
      await expect.poll(() => readdirSync(spool), { timeout: 60_000 }).toEqual([])
      expect(await lost(ids)).toBe(0)
      gateway.kill('SIGTERM')
      expect((await gateway.ended).code).toBe(0)
    },
  )

  it('has on the record what was answered a flush interval before it is killed', slow, async () => {
    await using gateway = await up()
    const first = load(gateway.url)
    await first.answered(20)
    const before = await first.stop()
    // Within the flush interval, and without being told to.
    await expect.poll(() => lost(before), { timeout: 60_000 }).toBe(0)
    const second = load(gateway.url)
    await second.answered(5)
    gateway.kill('SIGKILL')
    await gateway.ended
    await second.stop()
    expect(await lost(before)).toBe(0)
  })
})
