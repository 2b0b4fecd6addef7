import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  CallRow,
  CallsView,
  CallView,
  EvalRunsView,
  FeaturesView,
  OverviewView,
  RunView,
  SimulatorView,
  StateView,
} from '../src/admin/api.ts'
import { createLiveCalls } from '../src/admin/index.ts'
import { breakSimulator } from '../src/cli/break-simulator.ts'
import { createVirtualClock } from '../src/core/virtual-clock.ts'
import { sampleCall, sampleRun, sampleStep } from '../src/stores/sample-events.suite.ts'
import { tellRun, tellStory } from '../src/telemetry/index.ts'
import { breakIt, type House, openHouse, token } from './house.ts'
import { dial, send, until } from './raw-client.ts'
import { startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, type Stand } from './stand.ts'

const once = { retry: { attempts: 1, baseMs: 1, capMs: 1 } }
const aliases = [
  alias('steady', ['simulator/sim-small'], once),
  alias('shaky', ['simulator/sim-small+unavailable', 'simulator-anthropic/sim-small'], once),
  alias('broken', ['simulator/sim-small+server-error'], once),
  alias('kept', ['simulator/sim-small'], { ...once, cache: { ttlSeconds: 60 } }),
]

/** One call through the gateway, to its end. */
async function call({ gateway }: Stand, model: string, feature = '', stream = false): Promise<string> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(feature && { 'x-inseam-feature': feature }) },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Say hello.' }] }),
  })
  await response.text()
  return response.headers.get('x-inseam-call') ?? ''
}

describe('the views', () => {
  let house: House
  const made: Record<string, string> = {}
  beforeAll(async () => {
    house = await openHouse({ stand: { aliases } })
    const { stand } = house
    made.steady = await call(stand, 'steady', 'triage')
    made.streamed = await call(stand, 'steady', 'triage', true)
    made.shaky = await call(stand, 'shaky', 'triage')
    made.broken = await call(stand, 'broken', 'draft')
    made.miss = await call(stand, 'kept', 'draft')
    made.hit = await call(stand, 'kept', 'draft')
    made.nameless = await call(stand, 'steady')
    await stand.seam.flush()
  })
  afterAll(() => house[Symbol.asyncDispose]())

  it('state: what stands behind the page', async () => {
    const state = await house.view<StateView>('/api/state')
    expect(state).toMatchObject({
      hasRecord: true,
      isSimulated: true,
      gatewayUrl: house.stand.gateway.url,
      problems: [],
    })
    expect(state.aliases).toContainEqual({
      name: 'shaky',
      targets: ['simulator/sim-small+unavailable', 'simulator-anthropic/sim-small'],
    })
  })

  it('overview: totals are what the calls were, and the course adds up to them', async () => {
    const view = await house.view<OverviewView>('/api/overview')
    const { calls } = await house.view<CallsView>('/api/calls')
    const sum = (numbers: readonly number[]) => numbers.reduce((left, right) => left + right, 0)
    expect(view.totals).toMatchObject({ calls: 7, errors: 1, fallbacks: 1, retries: 0, cacheHits: 1 })
    expect(view.totals.costNanoUsd).toBe(sum(calls.map(({ costNanoUsd }) => costNanoUsd ?? 0)))
    expect(view.totals.costNanoUsd).toBeGreaterThan(0)
    expect(view.totals.outputTokens).toBe(sum(calls.map(({ outputTokens }) => outputTokens)))
    const latencies = calls.map(({ totalMs }) => totalMs).sort((left, right) => left - right)
    expect(view.totals.latencyMs).toEqual({ p50: latencies[3], p95: latencies[6], p99: latencies[6] })
    for (const name of ['calls', 'errors', 'costNanoUsd', 'inputTokens', 'outputTokens', 'cachedTokens'] as const)
      expect([name, sum(view.series[name])]).toEqual([name, view.totals[name]])
    expect(view.errors).toEqual([{ code: 'server-error', calls: 1 }])
    expect(view.sources).toEqual([
      { source: 'provider', calls: 6 },
      { source: 'cache', calls: 1 },
    ])
    expect(view.byFeature.map(({ name, calls }) => [name, calls]).sort()).toEqual([
      ['', 1],
      ['draft', 3],
      ['triage', 3],
    ])
    expect(view.before.calls).toBe(0)
  })

  it('features: who decided', async () => {
    const { features } = await house.view<FeaturesView>('/api/features')
    expect(features.find(({ name }) => name === 'draft')).toMatchObject({
      calls: 3,
      errors: 1,
      sources: { provider: 2, cache: 1 },
    })
  })

  it.each([
    ['', ['nameless', 'hit', 'miss', 'broken', 'shaky', 'streamed', 'steady']],
    ['?feature=triage', ['shaky', 'streamed', 'steady']],
    ['?feature=', ['nameless']],
    ['?model=shaky', ['shaky']],
    ['?model=simulator-anthropic%2Fsim-small', ['shaky']],
    ['?source=cache', ['hit']],
    ['?status=error', ['broken']],
    ['?status=ok&feature=draft', ['hit', 'miss']],
    ['?errorCode=server-error', ['broken']],
    ['?door=library', []],
    ['?text=SHAKY', ['shaky']],
    ['?text=%25', []],
  ])('calls%s', async (query, expected) => {
    const { calls } = await house.view<CallsView>(`/api/calls${query}`)
    expect(calls.map(({ callId }) => callId)).toEqual(expected.map((name) => made[name]))
  })

  it('calls, page by page', async () => {
    const seen: string[] = []
    let next: number | undefined
    do {
      const page = await house.view<CallsView>(`/api/calls?limit=2${next === undefined ? '' : `&before=${next}`}`)
      seen.push(...page.calls.map(({ callId }) => callId))
      next = page.next
    } while (next !== undefined)
    expect(seen).toEqual([made.nameless, made.hit, made.miss, made.broken, made.shaky, made.streamed, made.steady])
  })

  it('a call: its attempts and its story, as explain tells it', async () => {
    const view = await house.view<CallView>(`/api/calls/${made.shaky}`)
    expect(view.call).toMatchObject({ callId: made.shaky, fallbacks: 1, outcome: { ending: 'completed' } })
    expect(view.attempts.map(({ provider, outcome }) => [provider, outcome.ending])).toEqual([
      ['simulator', 'error'],
      ['simulator-anthropic', 'completed'],
    ])
    expect(view.story).toBe(tellStory(view.call, view.attempts))
    expect(view.story).toContain('simulator-anthropic/sim-small')
    expect(view.call.content?.messages).toMatchObject([{ content: [{ text: 'Say hello.' }] }])
  })

  it('a call that has just ended is found, though it was not yet in the file', async () => {
    const id = await call(house.stand, 'steady', 'late')
    expect((await house.view<CallView>(`/api/calls/${id}`)).call.feature).toBe('late')
  })

  it('a run: its calls and steps', async () => {
    const { seam } = house.stand
    seam.record(sampleStep('step_1', 'run_1', { startedAt: 1 }))
    seam.record(sampleRun('run_1', { startedAt: 1 }))
    const view = await house.view<RunView>('/api/runs/run_1')
    expect(view).toMatchObject({ run: { runId: 'run_1' }, steps: [{ stepId: 'step_1' }], calls: [] })
    expect(view.story).toBe(tellRun(view.run, view.calls, view.steps))
    expect(view.story).toContain('get_order_status')
  })

  it('evals: none yet', async () => {
    expect(await house.view<EvalRunsView>('/api/evals')).toEqual({ runs: [] })
  })

  it.each(['/api/calls/call_none', '/api/calls/%27%20OR%201%3D1%20--', '/api/runs/run_none', '/api/evals/eval_none'])(
    '%s is not found',
    async (path) => {
      const response = await house.ask(path)
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ error: { code: 'not-found', fix: expect.any(String) } })
    },
  )

  it.each([
    '/api/calls?limit=0',
    '/api/calls?limit=201',
    '/api/calls?limit=1e2',
    '/api/calls?before=-1',
    '/api/calls?before=abc',
    '/api/calls?status=good',
    '/api/calls?sort=cost',
    '/api/calls?model=a&model=b',
    `/api/calls?text=${'x'.repeat(501)}`,
    '/api/overview?from=5&to=5',
    '/api/overview?from=0',
    '/api/overview?to=Infinity',
    '/api/features?feature=a',
    '/api/state?x',
    '/api/live?limit=5',
  ])('%s cannot be read', async (path) => {
    const response = await house.ask(path)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'invalid-request', fix: expect.any(String) } })
  })
})

describe('the page itself', () => {
  let folder = ''
  let house: House
  const script = `console.log("${'the page '.repeat(100)}")`
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'inseam-page-'))
    mkdirSync(join(folder, 'page', 'assets'), { recursive: true })
    writeFileSync(join(folder, 'secret.js'), 'canary')
    writeFileSync(join(folder, 'page', '.env'), 'canary')
    writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>Inseam</title>')
    writeFileSync(join(folder, 'page', 'assets', 'main-Bx7_kQ2p.js'), script)
    house = await openHouse({ admin: () => ({ folder: join(folder, 'page') }) })
  })
  afterAll(async () => {
    await house[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    send(house.admin, { method, path, headers })

  it('needs no token, and loads nothing that is not its own', async () => {
    const { status, headers, text } = await get('/')
    expect(status).toBe(200)
    expect(text).toContain('<title>Inseam</title>')
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-cache',
    })
    expect(headers['set-cookie']).toBeUndefined()
  })

  it('is kept for ever where its name changes with its content, and asked for anew where not', async () => {
    const { headers } = await get('/assets/main-Bx7_kQ2p.js')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const { headers: first } = await get('/')
    const { status, text } = await get('/', { 'if-none-match': first.etag ?? '' })
    expect([status, text]).toEqual([304, ''])
  })

  it('comes compressed to who takes it', async () => {
    const response = await fetch(`${house.admin.url}/assets/main-Bx7_kQ2p.js`)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(await response.text()).toBe(script)
    const plain = await get('/assets/main-Bx7_kQ2p.js', { 'accept-encoding': 'gzip;q=0, br' })
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.text).toBe(script)
  })

  it('has a head, and takes nothing', async () => {
    const { status, headers, text } = await get('/', {}, 'HEAD')
    expect([status, text]).toEqual([200, ''])
    expect(Number(headers['content-length'])).toBeGreaterThan(0)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const refused = await get('/', {}, method)
      expect([method, refused.status, refused.headers.allow]).toEqual([method, 405, 'GET, HEAD'])
    }
  })

  it.each([
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/..%5csecret.js',
    '/..\\secret.js',
    '/assets/..%2f..%2fsecret.js',
    '//secret.js',
    '/./index.html',
    '/.env',
    '/%2eenv',
    '/index.html%00.js',
    '/assets',
    '/assets/',
    '/__proto__',
    '/constructor',
    'http://evil.example/secret.js',
    'secret.js',
  ])('%s leads nowhere', async (path) => {
    const socket = await dial(house.admin)
    const { host } = new URL(house.admin.url)
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes
    })
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
    await new Promise((resolve) => socket.once('close', resolve))
    expect(text).toMatch(/^HTTP\/1\.1 40[04] /)
    expect(text).not.toContain('canary')
  })

  it('says how to build it where it is not built', async () => {
    await using bare = await openHouse({ admin: () => ({ folder: join(folder, 'nowhere') }) })
    const { status, text, headers } = await send(bare.admin, { method: 'GET', path: '/' })
    expect(status).toBe(200)
    expect(text).toContain('npm run build -w dashboard')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
  })
})

/** The live list on a socket of its own, whose reader can stop taking. */
async function openLiveList({ admin }: House) {
  const socket = await dial(admin)
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  const { host } = new URL(admin.url)
  socket.write(`GET /api/live HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`)
  await until(() => text.includes(': calls as they end'))
  return { socket, text: () => text }
}

/** What a live list says, until it ends or enough was heard. */
async function* follow(response: Response): AsyncGenerator<{ readonly event: string; readonly data: unknown }> {
  let rest = ''
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (data !== undefined) yield { event: /^event: (.*)$/m.exec(block)?.[1] ?? 'message', data: JSON.parse(data) }
    }
  }
}

describe('the live list', () => {
  it('tells of the calls that are wanted, as they end', async () => {
    await using house = await openHouse({ stand: { aliases } })
    const response = await house.ask('/api/live?feature=triage&status=ok')
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const told = follow(response)
    await call(house.stand, 'steady', 'draft')
    await call(house.stand, 'broken', 'triage')
    const id = await call(house.stand, 'shaky', 'triage')
    const { value } = await told.next()
    expect(value).toMatchObject({
      event: 'message',
      data: { callId: id, feature: 'triage', fallbacks: 1, attempts: 2 },
    })
    // The record says the same of it, and its place.
    await house.stand.seam.flush()
    const { calls } = await house.view<CallsView>('/api/calls?model=shaky')
    const { seq, ...row } = calls[0] as CallRow
    expect(value?.data).toEqual(row)
    expect(seq).toBeGreaterThan(0)
  })

  it('tells a slow reader how much it lost, and nobody waits for it', async () => {
    const clock = createVirtualClock()
    const live = createLiveCalls({ clock })
    await using house = await openHouse({ admin: () => ({ live, clock }) })
    const { socket, text } = await openLiveList(house)
    socket.pause()
    const long = 'x'.repeat(20_000)
    let sent = 0
    for (let batch = 0; batch < 20; batch++) {
      for (let made = 0; made < 100; made++) live.hear(sampleCall(`call_${sent++}`, { model: long }))
      await clock.advance(100)
    }
    socket.resume()
    const lost = () =>
      [...text().matchAll(/event: lost\ndata: {"calls":(\d+)}/g)].reduce((sum, [, n]) => sum + Number(n), 0)
    const rows = () => text().match(/"callId":"call_/g)?.length ?? 0
    await until(() => rows() + lost() === sent)
    expect(lost()).toBeGreaterThan(0)
    socket.destroy()
  })

  it('lets a reader go who has taken nothing for a minute', async () => {
    const clock = createVirtualClock()
    const live = createLiveCalls({ clock })
    await using house = await openHouse({ admin: () => ({ live, clock, maxLive: 1 }) })
    const { socket, text } = await openLiveList(house)
    await clock.advance(15_000)
    await until(() => text().includes(': still here'))
    socket.pause()
    for (let made = 0; made < 200; made++) live.hear(sampleCall(`call_${made}`, { model: 'x'.repeat(100_000) }))
    await clock.advance(100)
    expect((await house.ask('/api/live')).status).toBe(503)
    await clock.advance(75_000)
    const response = await house.ask('/api/live')
    expect(response.status).toBe(200)
    await response.body?.cancel()
    socket.destroy()
  })

  it('is open to so many and no more', async () => {
    await using house = await openHouse({ admin: () => ({ maxLive: 2 }) })
    const open = [await house.ask('/api/live'), await house.ask('/api/live')]
    const third = await house.ask('/api/live')
    expect(third.status).toBe(503)
    expect(await third.json()).toMatchObject({ error: { code: 'busy' } })
    await open[0]?.body?.cancel()
    for (;;) {
      const again = await house.ask('/api/live')
      await again.body?.cancel()
      if (again.status === 200) break
    }
    await open[1]?.body?.cancel()
  })

  it('ends when the listener does', async () => {
    const house = await openHouse()
    const told = follow(await house.ask('/api/live'))
    const ended = told.next()
    await house[Symbol.asyncDispose]()
    expect((await ended).done).toBe(true)
  })
})

describe('without a record', () => {
  it('the page says so, and still sees calls as they end', async () => {
    await using house = await openHouse({ hasRecord: false, stand: { aliases } })
    expect((await house.view<StateView>('/api/state')).hasRecord).toBe(false)
    for (const path of ['overview', 'calls', 'calls/call_1', 'runs/run_1', 'features', 'evals', 'evals/eval_1']) {
      const response = await house.ask(`/api/${path}`)
      expect([path, response.status]).toEqual([path, 404])
      expect(await response.json()).toMatchObject({ error: { fix: expect.stringContaining('store: sqlite') } })
    }
    const told = follow(await house.ask('/api/live'))
    const id = await call(house.stand, 'steady')
    expect((await told.next()).value).toMatchObject({ data: { callId: id } })
    await told.return(undefined)
  })
})

describe('Break it', () => {
  const quick = [alias('fast', ['simulator/sim-small', 'simulator-anthropic/sim-small'], once)]
  const smart = [alias('smart', ['simulator/sim-large', 'simulator-anthropic/sim-large'], once)]
  const openBreakable = () =>
    openHouse({
      stand: { config: (config) => ({ ...config, aliases: [...quick, ...smart] }) },
      admin: ({ simulator }) => ({ simulator: breakSimulator(simulator) }),
    })

  const inForceAfter = async (house: House, body: unknown) => {
    const view = (await (await breakIt(house, body)).json()) as SimulatorView
    return view.inForce
  }

  it('breaks the first target, so that calls fall back; and mends it', async () => {
    await using house = await openBreakable()
    const live = follow(await house.ask('/api/live'))
    const rows = async (count: number) => {
      const list: CallRow[] = []
      while (list.length < count) list.push((await live.next()).value?.data as CallRow)
      return list
    }
    const broken = await inForceAfter(house, { faults: ['overloaded'], calls: 4 })
    expect(broken).toEqual(['overloaded'])
    for (const row of await rows(4)) expect(row).toMatchObject({ ending: 'completed', fallbacks: 1, attempts: 2 })
    const mended = await inForceAfter(house, { faults: [], calls: 3 })
    expect(mended).toEqual([])
    for (const row of await rows(3)) expect(row).toMatchObject({ ending: 'completed', fallbacks: 0, attempts: 1 })
    expect(house.stand.simulator.log()).toHaveLength(4 + 4 + 3)
    await live.return(undefined)
  })

  it('has presets, each of which can be put in force', async () => {
    await using house = await openBreakable()
    const { presets, faults } = await house.view<SimulatorView>('/api/simulator')
    expect(presets.length).toBeGreaterThanOrEqual(5)
    expect(faults.map(({ name }) => name)).toContain('stall')
    for (const preset of presets) {
      const response = await breakIt(house, { faults: preset.faults })
      expect([preset.name, response.status]).toEqual([preset.name, 200])
      expect((await house.view<SimulatorView>('/api/simulator')).inForce).toEqual(preset.faults)
    }
  })

  it.each([
    ['no object', '[]', 400],
    ['no JSON', '{', 400],
    ['nothing', '', 400],
    ['no faults', '{}', 400],
    ['a fault that is no text', '{"faults":[1]}', 400],
    ['a fault that nobody knows', '{"faults":["explode"]}', 400],
    ['a fault in a strange place', '{"faults":["sim-small+stall"]}', 400],
    ['too many faults', JSON.stringify({ faults: Array.from({ length: 21 }, () => 'stall') }), 400],
    ['too many calls', '{"faults":[],"calls":201}', 400],
    ['half a call', '{"faults":[],"calls":0.5}', 400],
    ['a field of its own', '{"faults":[],"url":"http://evil.example"}', 400],
    ['more than 64 KiB', JSON.stringify({ faults: ['x'.repeat(70_000)] }), 413],
  ])('refuses %s, and leaves in force what was', async (_, body, status) => {
    await using house = await openBreakable()
    await breakIt(house, { faults: ['overloaded'] })
    const headers = { 'content-type': 'application/json' }
    const response = await house.ask('/api/simulator', { method: 'POST', headers, body })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { fix: expect.any(String) } })
    expect((await house.view<SimulatorView>('/api/simulator')).inForce).toEqual(['overloaded'])
  })

  it('refuses a body that is not declared as JSON: a page elsewhere could send it', async () => {
    await using house = await openBreakable()
    const headers = { 'content-type': 'text/plain' }
    const response = await house.ask('/api/simulator', { method: 'POST', headers, body: '{"faults":[]}' })
    expect(response.status).toBe(400)
  })

  it('is not there where no simulator runs', async () => {
    await using house = await openHouse()
    expect((await house.ask('/api/simulator')).status).toBe(404)
    expect((await breakIt(house, { faults: ['stall'] })).status).toBe(404)
  })
})

it('no view has a secret in it, whatever providers say', async () => {
  const key = 'provider-key-canary-7361'
  const echo = { error: { message: `You sent ${key}.`, type: key } }
  await using upstream = await startRawUpstream((response) => {
    response.writeHead(401, { 'content-type': 'application/json', 'x-request-id': key }).end(JSON.stringify(echo))
  })
  await using house = await openHouse({
    stand: {
      aliases: [alias('raw', ['raw-openai-chat/m'], once)],
      config: withRawUpstream(upstream.url),
      gateway: { keys: [{ name: 'shop', key: 'gateway-key-canary-4242' }] },
    },
    admin: ({ simulator }) => ({ simulator: breakSimulator(simulator) }),
  })
  const response = await fetch(`${house.stand.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer gateway-key-canary-4242' },
    body: JSON.stringify({ model: 'raw', messages: [{ role: 'user', content: 'Hello.' }] }),
  })
  expect(response.status).toBeGreaterThanOrEqual(400)
  await house.stand.seam.flush()
  const { calls } = await house.view<CallsView>('/api/calls')
  expect(calls).toHaveLength(1)
  const views = ['state', 'overview', 'features', 'calls', `calls/${calls[0]?.callId}`, 'evals', 'simulator', 'nothing']
  for (const view of views) {
    const answer = await house.ask(`/api/${view}`)
    const text = (await answer.text()) + JSON.stringify([...answer.headers])
    expect([view, /canary/.test(text)]).toEqual([view, false])
  }
  const refused = await send(house.admin, {
    method: 'GET',
    path: '/api/state',
    headers: { authorization: `Bearer ${token}x` },
  })
  expect(refused.text).not.toContain('canary')
})
