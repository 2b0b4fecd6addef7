import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startSimulator } from '../src/simulator/index.ts'
import { openEventReader } from '../src/stores/sqlite/index.ts'
import { type Running, startInseam } from './process.ts'
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'inseam-up-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const write = (text: string) => writeFileSync(join(cwd, 'inseam.yaml'), text)

/** A configuration whose alias `fast` leads there. */
const leadingTo = (url: string, more = '') =>
  `providers: { lab: { dialect: openai-chat, url: "${url}/v1", key: any } }
models: { fast: { targets: [lab/m] } }
${more}`

/** A gateway that is up. */
interface Up extends Running {
  readonly url: string
}

async function up(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Up> {
  const child = startInseam(['up', '--port', '0', '--json', ...words], { cwd, env })
  const { url } = JSON.parse(await child.line(/^\{/))
  return { ...child, url }
}

const post = (url: string, stream: boolean, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'fast', stream, messages: [{ role: 'user', content: 'Say hello.' }] }),
  })

/** A call that is answered: by whom, with what, and its id. */
async function call(url: string, headers?: Readonly<Record<string, string>>) {
  const response = await post(url, false, headers)
  const body = (await response.json()) as { choices?: readonly { message: { content: string } }[] }
  return {
    status: response.status,
    id: response.headers.get('x-inseam-call') ?? '',
    text: body.choices?.[0]?.message.content,
  }
}

async function readiness(url: string): Promise<{ readonly status: number; readonly reasons: readonly string[] }> {
  const response = await fetch(`${url}/readyz`)
  const { reasons } = (await response.json()) as { reasons: readonly string[] }
  return { status: response.status, reasons }
}

const frame = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

/** A provider that says its name, and holds its streams open after the first word until it is told to end them. */
async function startHolding(name: string): Promise<RawUpstream & { endStreams(): void }> {
  const held: ServerResponse[] = []
  const upstream = await startRawUpstream((response, { body }) => {
    if (JSON.parse(body).stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(frame({ role: 'assistant', content: name }))
      held.push(response)
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        id: 'c1',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: name }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
      }),
    )
  })
  return {
    ...upstream,
    endStreams: () => {
      for (const response of held.splice(0)) {
        response.write(frame({ content: ', and the end.' }))
        response.end(`${frame({}, 'stop')}data: [DONE]\n\n`)
      }
    },
  }
}

/** A stream whose first content has arrived; `rest` is all that it says, to its end. */
async function openStream(url: string): Promise<{ readonly id: string; rest(): Promise<string> }> {
  const response = await post(url, true)
  expect(response.status).toBe(200)
  const decoder = new TextDecoder()
  const reader = response.body!.getReader()
  let text = ''
  const read = async () => {
    const { done, value } = await reader.read()
    text += decoder.decode(value, { stream: !done })
    return !done
  }
  while (!text.includes('"content"')) expect(await read()).toBe(true)
  return {
    id: response.headers.get('x-inseam-call') ?? '',
    rest: async () => {
      while (await read());
      return text
    },
  }
}

/** The ids of the calls in the file, which nobody writes to any more. */
function recorded(): unknown[] {
  using reader = openEventReader({ path: join(cwd, '.inseam/events.db') })
  expect(reader.query('PRAGMA integrity_check').rows).toEqual([{ integrity_check: 'ok' }])
  return reader.query('select call_id from v_calls order by call_id').rows.map(({ call_id }) => call_id)
}

describe('inseam up', () => {
  it('answers from the simulator, and says that it does', async () => {
    await using child = startInseam(['up', '--port', '0', '--json', '--simulate'], { cwd })
    const said = JSON.parse(await child.line(/^\{/))
    expect(said).toMatchObject({ simulated: true, origin: expect.stringMatching(/^the simulator at http/) })
    expect(await call(said.url)).toMatchObject({ status: 200, text: 'hello' })
    expect(await readiness(said.url)).toEqual({ status: 200, reasons: [] })
  })

  it('answers from the providers of inseam.yaml', async () => {
    await using simulator = await startSimulator()
    write(
      `providers: { lab: { dialect: openai-chat, url: "${simulator.url}/v1", key: any } }\nmodels: { fast: { targets: [lab/sim-small] } }\n`,
    )
    await using gateway = await up()
    expect(await call(gateway.url)).toMatchObject({ status: 200, text: 'hello' })
    expect(simulator.log().length).toBe(1)
  })

  it('prints a welcome whose call can be made as it is printed, with a key where one is needed', async () => {
    await using upstream = await startHolding('A')
    write(leadingTo(upstream.url, 'gateway: { keys: [{ name: ci, key: let-me-in }] }'))
    await using child = startInseam(['up', '--port', '0'], { cwd })
    const url = / (http:\S+)$/.exec(await child.line(/Inseam is up at/))?.[1] ?? ''
    await child.line(/Answers come from inseam\.yaml\./)
    await child.line(/fast {2}lab\/m/)
    await child.line(/key of the gateway \(ci\) in GATEWAY_KEY/)
    await child.line(/Stop with Ctrl-C/)
    expect(await call(url)).toMatchObject({ status: 401 })
    expect(await call(url, { authorization: 'Bearer let-me-in' })).toMatchObject({ status: 200, text: 'A' })
    child.kill('SIGINT')
    const { code, out } = await child.ended
    expect(code).toBe(0)
    expect(out).not.toContain('let-me-in')
  })
})

describe('the welcome', () => {
  /** The welcome of a gateway on a file of another name, and how it says good-bye. */
  async function welcomed(events: string): Promise<{ readonly out: string; readonly err: string }> {
    writeFileSync(
      join(cwd, 'other.yaml'),
      leadingTo('http://127.0.0.1:9', `events: { ${events} }\ngateway: { drainNotice: 0s }`),
    )
    await using child = startInseam(['up', '--port', '0', '-c', 'other.yaml'], { cwd })
    await child.line(/Stop with Ctrl-C/)
    child.kill('SIGTERM')
    return await child.ended
  }

  it('names the record that explain is to read, where it would not find it by itself', async () => {
    const { out, err } = await welcomed('path: calls.db')
    expect(out).toContain('explain last --db calls.db\n')
    expect(err).toBe('Stopped. Every event is on the record.\n')
  })

  it('says that nobody can answer where the file names no provider', async () => {
    write('')
    await using child = startInseam(['up', '--port', '0', '--no-page'], { cwd })
    expect(await child.line(/NO PROVIDER/)).toContain('`providers:`')
  })

  it('promises no record where none is kept', async () => {
    const { out, err } = await welcomed('store: none')
    expect(out).not.toContain('explain')
    expect(err).toBe('Stopped. No record was kept.\n')
  })
})

describe('a reload', () => {
  it('leads the next call elsewhere, while a stream under way ends where it began', async () => {
    await using a = await startHolding('A')
    await using b = await startHolding('B')
    write(leadingTo(a.url))
    await using gateway = await up()
    const stream = await openStream(gateway.url)
    write(leadingTo(b.url))
    await gateway.line(/inseam\.yaml is in force/)
    expect(await call(gateway.url)).toMatchObject({ status: 200, text: 'B' })
    a.endStreams()
    const text = await stream.rest()
    expect(text).toContain('"content":"A"')
    expect(text).toContain(', and the end.')
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
  })

  it('refuses a file that cannot be used, says why, and is well again with the next good one', async () => {
    await using a = await startHolding('A')
    await using b = await startHolding('B')
    write(leadingTo(a.url))
    await using gateway = await up()
    write(leadingTo(a.url, 'modles: {}'))
    await gateway.line(/inseam\.yaml cannot be used; what was in force stays/)
    await gateway.line(/inseam\.yaml:3:1 {2}modles: This key is unknown/)
    expect(await readiness(gateway.url)).toEqual({
      status: 503,
      reasons: [
        expect.stringMatching(/configuration on disk cannot be used: .*inseam\.yaml:3:1 {2}modles.*Did you mean/),
      ],
    })
    expect(await call(gateway.url)).toMatchObject({ status: 200, text: 'A' })
    rmSync(join(cwd, 'inseam.yaml'))
    await gateway.line(/cannot be read \(ENOENT\)/)
    expect(await call(gateway.url)).toMatchObject({ status: 200, text: 'A' })
    write(leadingTo(b.url))
    await gateway.line(/inseam\.yaml is in force/)
    expect(await readiness(gateway.url)).toEqual({ status: 200, reasons: [] })
    expect(await call(gateway.url)).toMatchObject({ status: 200, text: 'B' })
  })

  it('comes with SIGHUP too, for what the file only names', async () => {
    await using upstream = await startHolding('A')
    const secret = join(cwd, 'secret')
    writeFileSync(secret, 'first\n')
    write(leadingTo(upstream.url).replace('key: any', `key: "\${file:${secret}}"`))
    await using gateway = await up()
    await call(gateway.url)
    writeFileSync(secret, 'second\n')
    gateway.kill('SIGHUP')
    await gateway.line(/inseam\.yaml is in force/)
    await call(gateway.url)
    expect(upstream.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second'])
  })

  it('comes by itself where a key that stands in a file is rotated', async () => {
    await using upstream = await startHolding('A')
    const secret = join(cwd, 'secret')
    writeFileSync(secret, 'first\n')
    write(leadingTo(upstream.url).replace('key: any', `key: "\${file:${secret}}"`))
    await using gateway = await up()
    await call(gateway.url)
    writeFileSync(secret, 'second, and longer\n')
    await gateway.line(/inseam\.yaml is in force/)
    await call(gateway.url)
    rmSync(secret)
    await gateway.line(/inseam\.yaml cannot be used; what was in force stays/)
    await call(gateway.url)
    writeFileSync(secret, 'third\n')
    await gateway.line(/inseam\.yaml is in force/)
    await call(gateway.url)
    const shown = upstream.received.map(({ headers }) => headers.authorization)
    expect(shown).toEqual(['first', 'second, and longer', 'second, and longer', 'third'].map((key) => `Bearer ${key}`))
  })

  it('puts other keys of the gateway in force', async () => {
    await using upstream = await startHolding('A')
    const keyed = (key: string) => leadingTo(upstream.url, `gateway: { keys: [{ name: ci, key: ${key} }] }`)
    write(keyed('old-key'))
    await using gateway = await up()
    const statuses = async () => {
      const answers = ['old-key', 'new-key'].map((key) => call(gateway.url, { 'x-api-key': key }))
      return (await Promise.all(answers)).map(({ status }) => status)
    }
    expect(await statuses()).toEqual([200, 401])
    write(keyed('new-key'))
    await gateway.line(/inseam\.yaml is in force/)
    expect(await statuses()).toEqual([401, 200])
  })

  it('takes away no keys where everybody could then come in', async () => {
    await using upstream = await startHolding('A')
    write(leadingTo(upstream.url, 'gateway: { host: "0.0.0.0", keys: [{ name: ci, key: old-key }] }'))
    await using gateway = await up()
    const url = gateway.url.replace('0.0.0.0', '127.0.0.1')
    write(leadingTo(upstream.url))
    await gateway.line(/does not listen on 0\.0\.0\.0 without keys/)
    expect((await readiness(url)).status).toBe(503)
    expect(await call(url)).toMatchObject({ status: 401 })
    expect(await call(url, { 'x-api-key': 'old-key' })).toMatchObject({ status: 200, text: 'A' })
  })
})

describe('the end', () => {
  it('comes with SIGTERM once the stream under way is whole and every event is in the file', async () => {
    await using upstream = await startHolding('A')
    write(leadingTo(upstream.url, 'gateway: { drainNotice: 0s }'))
    await using gateway = await up()
    const answered = await Promise.all(Array.from({ length: 20 }, () => call(gateway.url)))
    const stream = await openStream(gateway.url)
    gateway.kill('SIGTERM')
    await gateway.line(/Waiting for 1 call under way/)
    await expect(post(gateway.url, false)).rejects.toThrow()
    upstream.endStreams()
    expect(await stream.rest()).toMatch(/, and the end\.[\s\S]*data: \[DONE\]\n\n$/)
    const { code, err } = await gateway.ended
    expect(code).toBe(0)
    expect(err).toMatch(/Stopped\. Every event is on the record\.\n$/)
    expect(recorded()).toEqual([...answered.map(({ id }) => id), stream.id].sort())
  })

  it('is announced to balancers by SIGTERM, while calls are still taken; and a second one ends that, too', async () => {
    await using upstream = await startHolding('A')
    write(leadingTo(upstream.url, 'gateway: { drainNotice: 10m }'))
    await using gateway = await up()
    const before = await call(gateway.url)
    gateway.kill('SIGTERM')
    await gateway.line(/Not ready any more\. Serving on for 600 s/)
    expect(await readiness(gateway.url)).toEqual({ status: 503, reasons: ['draining'] })
    const during = await post(gateway.url, false)
    expect([during.status, during.headers.get('connection')]).toEqual([200, 'close'])
    let isOver = false
    const ended = gateway.ended.finally(() => {
      isOver = true
    })
    await vi.waitFor(() => {
      gateway.kill('SIGTERM')
      expect(isOver).toBe(true)
    })
    expect(await ended).toMatchObject({
      code: 143,
      err: expect.stringMatching(/Stopped at once: 0 calls cut off and not on the record, \d events? not written\./),
    })
    expect(recorded()).toContain(before.id)
  })

  it('keeps every call that was answered, refused or cut on the way, as the provider saw them', async () => {
    await using simulator = await startSimulator()
    write(
      `providers: { lab: { dialect: openai-chat, url: "${simulator.url}/v1", key: any } }
models:
  fast: { targets: [lab/sim-small] }
  slow: { targets: ["lab/sim-small+stall:after=2@7"] }
  silent: { targets: ["lab/sim-small+no-answer@7"] }
gateway: { drainNotice: 200ms, drainTimeout: 200ms }`,
    )
    await using gateway = await up()
    const ask = (model: string, stream: boolean) =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Write 20 words.' }] }),
      })
    const whole = (response: Response) => response.text().then((text) => ({ response, text }))
    const waiting = ['slow', 'silent'].map((model) => ask(model, true).then(whole))
    await vi.waitFor(() => expect(simulator.log().length).toBe(2))
    const answered = await Promise.all([ask('fast', true).then(whole), ask('fast', false).then(whole)])
    gateway.kill('SIGTERM')
    await gateway.line(/Not ready any more/)
    answered.push(await ask('fast', false).then(whole))
    const cut = await Promise.all(waiting)
    expect(cut.map(({ response }) => response.status)).toEqual([200, 503])
    for (const { text } of cut) expect(text).toContain('shutting down')
    expect(await gateway.ended).toMatchObject({
      code: 0,
      err: expect.stringMatching(/Every event is on the record\.\n$/),
    })
    const ids = [...answered, ...cut].map(({ response }) => response.headers.get('x-inseam-call'))
    expect(recorded()).toEqual(ids.sort())
    using reader = openEventReader({ path: join(cwd, '.inseam/events.db') })
    const [attempts] = reader.query('select count(*) as lines from v_attempts').rows
    expect(attempts).toEqual({ lines: simulator.log().length })
    expect(simulator.log().filter(({ cancelled }) => cancelled).length).toBe(2)
  })

  it('cuts what outlasts the time to drain, says so in the stream, and records it', async () => {
    await using upstream = await startHolding('A')
    write(leadingTo(upstream.url, 'gateway: { drainNotice: 0s, drainTimeout: 50ms }'))
    await using gateway = await up()
    const stream = await openStream(gateway.url)
    gateway.kill('SIGTERM')
    const text = await stream.rest()
    expect(text).toMatch(/shutting down/)
    expect(text).not.toContain('[DONE]')
    expect((await gateway.ended).code).toBe(0)
    expect(recorded()).toEqual([stream.id])
  })

  it('comes at once with a second signal', async () => {
    await using upstream = await startHolding('A')
    write(leadingTo(upstream.url))
    await using gateway = await up()
    const stream = await openStream(gateway.url)
    let isOver = false
    const ended = gateway.ended.finally(() => {
      isOver = true
    })
    gateway.kill('SIGINT')
    await gateway.line(/Press Ctrl-C again to stop at once/)
    // What follows the first within a blink is the same key press, twice told.
    await vi.waitFor(() => {
      gateway.kill('SIGINT')
      expect(isOver).toBe(true)
    })
    expect(await ended).toMatchObject({
      code: 130,
      err: expect.stringContaining('Stopped at once: 1 call cut off and not on the record, 0 events not written.\n'),
    })
    await expect(stream.rest()).rejects.toThrow()
  })

  it('is not brought by the first signal told twice, as npm does', async () => {
    await using upstream = await startHolding('A')
    write(leadingTo(upstream.url))
    await using gateway = await up()
    const stream = await openStream(gateway.url)
    gateway.kill('SIGINT')
    gateway.kill('SIGINT')
    await gateway.line(/Waiting for 1 call under way/)
    upstream.endStreams()
    expect(await stream.rest()).toMatch(/data: \[DONE\]\n\n$/)
    expect((await gateway.ended).code).toBe(0)
  })

  it('comes in order too when the terminal goes away and there is no file to read again', async () => {
    await using gateway = await up(['--simulate'])
    const { id } = await call(gateway.url)
    gateway.kill('SIGHUP')
    expect(await gateway.ended).toMatchObject({ code: 0, err: expect.stringContaining('Stopped.') })
    expect(recorded()).toEqual([id])
  })

  it('loses nothing that was flushed when it comes with SIGKILL', async () => {
    await using upstream = await startHolding('A')
    write(leadingTo(upstream.url))
    await using gateway = await up()
    await using tail = startInseam(['events', 'tail', '--follow', '--json', '-n', '1000'], { cwd })
    const flushed = await Promise.all(Array.from({ length: 50 }, () => call(gateway.url)))
    // A line there is a row that was committed; the newest of them comes last.
    const waiting = new Set(flushed.map(({ id }) => id))
    while (waiting.size > 0) waiting.delete(JSON.parse(await tail.line(/^\{/)).callId)
    const { id: unflushed } = await call(gateway.url)
    gateway.kill('SIGKILL')
    expect(await gateway.ended).toMatchObject({ code: null, signal: 'SIGKILL' })
    const found = recorded().filter((id) => id !== unflushed)
    expect(found).toEqual(flushed.map(({ id }) => id).sort())
  })
})

describe('the record of a gateway', () => {
  it('is read by the other commands while it runs', async () => {
    await using upstream = await startHolding('A')
    write(leadingTo(upstream.url, 'events: { path: data/calls.db }'))
    await using gateway = await up()
    await using tail = startInseam(['events', 'tail', '--follow'], { cwd })
    await tail.line(/^TIME +CALL/)
    const { id } = await call(gateway.url)
    expect(await tail.line(/^\d{4}-/)).toContain(id)
    const story = startInseam(['explain', 'last'], { cwd })
    expect(await story.ended).toMatchObject({ code: 0, err: '', out: expect.stringContaining(`${id} `) })
    const asked = startInseam(['events', 'sql', 'select call_id, target from v_calls', '--csv'], { cwd })
    expect(await asked.ended).toMatchObject({ code: 0, err: '', out: `call_id,target\r\n${id},lab/m\r\n` })
  })

  it('is empty before the first call, and explain says so', async () => {
    await using _gateway = await up(['--simulate'])
    const story = startInseam(['explain', 'last'], { cwd })
    expect(await story.ended).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^No call is on the record yet/),
    })
  })
})
