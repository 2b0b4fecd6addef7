import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallEvent } from '../../src/core/event.ts'
import type { JsonValue } from '../../src/core/json.ts'
import type { ScriptedReply } from '../../src/simulator/index.ts'
import { openStand, type Stand } from '../stand.ts'
import { type Bench, type Client, Defect, NotApplicable, type Toolbox } from './client.ts'
import { holdsSection, type Outcome, sectionOf } from './document.ts'
import { type Cell, type Scenario, scenarios } from './scenarios.ts'
import { aliases, modelOf, type Target, targets } from './targets.ts'
import { pixel, said } from './tasks.ts'
import { watchFetch } from './watch-fetch.ts'

/** Runs every scenario of a client against every dialect, and holds docs/compatibility.md to what came out. */
export function matrix(client: Client, open: (stand: Stand) => void = () => undefined): void {
  const outcomes = new Map<string, Outcome>()
  let stand: Stand
  let watch: ReturnType<typeof watchFetch>

  beforeAll(async () => {
    watch = watchFetch()
    stand = await openStand({ aliases, simulator: { keepBodies: true } })
    open(stand)
  })
  afterAll(async () => {
    watch.restore()
    await stand[Symbol.asyncDispose]()
  })

  async function run(target: Target, scenario: Scenario): Promise<Outcome> {
    const ran: unknown[] = []
    const firstCall = stand.calls().length
    const firstAsked = watch.asked.length
    stand.simulator.reset()
    stand.simulator.setScenario({ rules: [] })

    async function calls(): Promise<readonly CallEvent[]> {
      const ids = new Set(watch.asked.slice(firstAsked).map(({ callId }) => callId))
      if (client.overHttp === false) await stand.callEnded((event) => stand.calls().indexOf(event) >= firstCall)
      else for (const id of ids) if (id !== null) await stand.callEnded(({ callId }) => callId === id)
      return stand.calls().slice(firstCall)
    }
    const cell: Cell = {
      client,
      stand,
      ran,
      bench: benchOf(target, stand, toolbox(ran)),
      script: (...replies: readonly ScriptedReply[]) =>
        stand.simulator.setScenario({
          rules: replies.map((reply) => ({ when: { request: { from: 1, to: 1 } }, reply })),
        }),
      bodies: () => stand.simulator.log().map(({ body }) => body as JsonValue),
      timesAsked: () => watch.asked.length - firstAsked,
      calls,
    }
    const told = await scenario(cell)
    const ended = await calls()
    namesItsLosses(watch.asked.slice(firstAsked), ended)
    const losses = ended.flatMap((call) => call.losses)
    if (told instanceof NotApplicable) return { losses, verdict: 'n/a', remark: told.why }
    if (told instanceof Defect) return { losses, verdict: 'no', remark: told.why }
    return { losses, verdict: 'yes', ...(told !== undefined && { remark: told }) }
  }

  describe.each(targets)(`${client.name}, to $dialect`, (target) => {
    it.each(Object.entries(scenarios))('%s', async (name, scenario) => {
      outcomes.set(`${name} ${target.dialect}`, await run(target, scenario))
    })
  })

  it('does what docs/compatibility.md says', () => {
    const section = sectionOf(client, Object.keys(scenarios), targets, outcomes)
    expect(holdsSection(client.name, section)).toBe(section)
  })
}

/** What the headers told of each call is what the record has; a stream's headers go out before its answer is known. */
function namesItsLosses(asked: ReturnType<typeof watchFetch>['asked'], ended: readonly CallEvent[]): void {
  for (const { callId, streamed, losses } of asked) {
    const event = ended.find((call) => call.callId === callId)
    if (!event) continue
    const recorded = event.losses.map(({ path, effect }) => `${path};${effect}`)
    if (streamed) expect(recorded).toEqual(expect.arrayContaining([...losses]))
    else expect(losses).toEqual(recorded)
  }
}

function benchOf(target: Target, { gateway }: Stand, tools: Toolbox): Bench {
  return { target, url: gateway.url, model: (behaviour) => modelOf(target, behaviour), tools }
}

function toolbox(ran: unknown[]): Toolbox {
  return {
    get_weather(input) {
      ran.push(input)
      return said.weather
    },
    get_order_status(input) {
      ran.push(input)
      return said.order
    },
    look: () => pixel,
  }
}
