import { expect } from 'vitest'
import type { CallEvent } from '../../src/core/event.ts'
import type { JsonValue } from '../../src/core/json.ts'
import type { ScriptedReply } from '../../src/simulator/index.ts'
import { ticket } from '../client-tasks.ts'
import type { Stand } from '../stand.ts'
import { type Bench, type Client, Defect, NotApplicable } from './client.ts'
import { type Behaviour, picturesIn } from './targets.ts'
import { longPrompt, pixel, said } from './tasks.ts'

/** A cell while it runs: what its client works with, and what can be seen from the other side. */
export interface Cell {
  readonly client: Client
  readonly bench: Bench
  readonly stand: Stand
  /** What the tools were given, in order. */
  readonly ran: readonly unknown[]
  /** Makes the model say these, one a request. */
  script(...replies: readonly ScriptedReply[]): void
  /** The requests that the target got so far. */
  bodies(): readonly JsonValue[]
  /** How often the client asked so far. */
  timesAsked(): number
  /** The calls of this cell, once all of them have been written to the record. */
  calls(): Promise<readonly CallEvent[]>
}

/** Runs the cell; throws where the client's user would see something wrong. What it gives is told beside the outcome. */
export type Scenario = (cell: Cell) => Promise<string | NotApplicable | Defect | undefined>

const isNothing = (seen: unknown): seen is NotApplicable | Defect =>
  seen instanceof NotApplicable || seen instanceof Defect

const weatherCall = { name: 'get_weather', input: { city: 'Bern' } }
const orderCall = { name: 'get_order_status', input: { order_id: '4711' } }

/** Every row of the matrix. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  async text({ client, bench, script }) {
    script({ text: said.greeting })
    const text = await client.text(bench)
    if (isNothing(text)) return text
    expect(text).toBe(said.greeting)
    return undefined
  },

  async stream({ client, bench, stand }) {
    // What comes in one read travels as one step: the model has to pause between its words.
    stand.simulator.setScenario({ rules: [{ reply: { text: said.greeting } }], pace: { tokenMs: 15 } })
    const pieces = await client.stream(bench)
    if (isNothing(pieces)) return pieces
    expect(pieces.join('')).toBe(said.greeting)
    expect(pieces.length).toBeGreaterThan(1)
    return undefined
  },

  async tools({ client, bench, script, ran, bodies }) {
    script({ toolCalls: [weatherCall] }, { text: said.summary })
    const text = await client.tools(bench)
    if (isNothing(text)) return text
    expect(ran).toEqual([weatherCall.input])
    expect(text).toBe(said.summary)
    expect(bodies()).toHaveLength(2)
    expect(JSON.stringify(bodies()[1])).toContain(said.weather)
    return undefined
  },

  async 'parallel tools'({ client, bench, script, ran, bodies }) {
    script({ toolCalls: [orderCall, weatherCall] }, { text: said.bothSummary })
    const text = await client.parallelTools(bench)
    if (isNothing(text)) return text
    expect(ran).toHaveLength(2)
    expect(ran).toEqual(expect.arrayContaining([orderCall.input, weatherCall.input]))
    expect(text).toBe(said.bothSummary)
    // Both results in one go: the second request is the last.
    expect(bodies()).toHaveLength(2)
    expect(JSON.stringify(bodies()[1])).toContain(said.weather)
    expect(JSON.stringify(bodies()[1])).toContain(said.order)
    return undefined
  },

  async 'tool result with image'({ client, bench, script, bodies, calls }) {
    script({ toolCalls: [{ name: 'look', input: { at: 'the window' } }] }, { text: said.picture })
    const text = await client.picture(bench)
    if (isNothing(text)) return text
    expect(text).toBe(said.picture)
    const second = bodies()[1]
    if (picturesIn(second).includes(pixel)) return undefined
    expect(JSON.stringify(second)).not.toContain(pixel)
    expect(await lossesOf(calls)).toEqual(expect.arrayContaining([expect.stringMatching(/content|output|response/)]))
    return 'the picture did not arrive'
  },

  async thinking({ client, bench, script, stand, calls }) {
    const thought = { thinking: said.thought, text: said.answer }
    script(thought, thought)
    const seen = await client.thinking(bench)
    if (isNothing(seen)) return seen
    expect(seen.text).toBe(said.answer)
    expect(stand.simulator.invoice().lines.at(-1)?.usage.output).toBeGreaterThan(said.answer.split(' ').length + 6)
    if (seen.thinking === said.thought) return undefined
    expect(seen.thinking).toBe('')
    const [call] = await calls()
    if (call?.content?.answer?.some((block) => block.type === 'thinking' && block.text !== '')) {
      expect(await lossesOf(calls)).toEqual(
        expect.arrayContaining([expect.stringMatching(/thinking|reasoning|content/)]),
      )
      return 'the thoughts are not shown'
    }
    const unasked = (await lossesOf(calls)).filter((loss) => /thinking|reasoning/.test(loss))
    if (bench.target.showsThinking && unasked.length > 0) return 'the thoughts are not shown'
    return new NotApplicable(
      bench.target.showsThinking
        ? 'The model thought, and was not asked to show it: the client has no way to ask.'
        : 'The model thought, and the dialect of the target has no place for what it thought.',
    )
  },

  async 'structured output'({ client, bench, bodies }) {
    const parsed = await client.structured(bench)
    if (isNothing(parsed)) return parsed
    expect(parsed.length).toBeGreaterThan(0)
    for (const value of parsed) expect(ticket.parse(value)).toEqual(value)
    for (const body of bodies()) expect(JSON.stringify(body)).toContain('urgent')
    return undefined
  },

  async refusal({ client, bench, script }) {
    script({ refusal: said.refusal }, { refusal: said.refusal })
    const seen = await client.refusal(bench)
    if (isNothing(seen)) return seen
    expect(seen.sign).not.toBe('')
    if (bench.target.refusesInWords && seen.words !== '') expect(seen.words).toContain(said.refusal)
    return `shown as ${seen.sign}`
  },

  async cache({ client, bench, stand }) {
    const prompt = longPrompt(`${client.name} to ${bench.target.dialect}`)
    const shown = await client.cached(bench, prompt)
    if (isNothing(shown)) return shown
    expect(shown).toBe(0)
    const again = await client.cached(bench, prompt)
    const read = stand.simulator.invoice().lines.at(-1)?.usage.cacheRead
    expect(again).toBe(read)
    if (read === 0 && bench.target.cachesByMarks) {
      return new NotApplicable(
        'The target caches up to where a request marks its prompt, and nothing in this SDK can say a mark.',
      )
    }
    expect(read).toBeGreaterThan(1_000)
    return undefined
  },

  async error(cell) {
    await fail(cell, 'bad-request', false, 1)
    await fail(cell, 'rate-limited', false, 2)
    await fail(cell, 'overloaded', false, 2)
    await fail(cell, 'breaks-off', true, 1)
    return undefined
  },

  async abort({ client, bench, stand, calls }) {
    await client.abort(bench)
    await stand.simulator.idle()
    const log = stand.simulator.log()
    expect(log).toHaveLength(1)
    expect(log[0]).toMatchObject({ cancelled: true, endedAt: expect.any(Number) })
    const [call] = await calls()
    expect(call).toMatchObject({ outcome: { errorCode: 'aborted' }, attempts: 1, streamed: true })
    const attempts = stand.attempts().filter(({ callId }) => callId === call?.callId)
    expect(attempts).toMatchObject([{ outcome: { errorCode: 'aborted' }, usage: { source: 'estimated' } }])
    return undefined
  },
}

/** The client must know the error, and must not have asked again what the seam has already retried. */
async function fail(
  { client, bench, stand, timesAsked }: Cell,
  behaviour: Behaviour,
  streamed: boolean,
  tries: number,
) {
  const before = { asked: timesAsked(), tried: stand.simulator.log().length }
  const error = await client.fails(bench, behaviour, streamed).then(
    (answer) => expect.unreachable(`${behaviour} was answered with ${JSON.stringify(answer)}.`),
    (thrown: unknown) => thrown,
  )
  if (behaviour !== 'well' && behaviour !== 'stalls' && !client.knows[behaviour](error)) throw error
  expect(timesAsked() - before.asked, behaviour).toBe(client.overHttp === false ? 0 : 1)
  expect(stand.simulator.log().length - before.tried, behaviour).toBe(tries)
}

/** Each loss of the calls, as the header spells it. */
async function lossesOf(calls: Cell['calls']): Promise<string[]> {
  const named = (await calls()).flatMap(({ losses }) => losses.map(({ path, effect }) => `${path};${effect}`))
  return [...new Set(named)].toSorted()
}
