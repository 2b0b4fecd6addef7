import { expect, test } from 'vitest'
import { startSimulator } from '../start-simulator.ts'
import { ScenarioInvalid } from './check-scenario.ts'
import { scenarioOfFaults } from './scenario-of-faults.ts'

const doors = { 'openai-chat': '/v1/chat/completions', 'anthropic-messages': '/v1/messages' } as const

/** The statuses of so many requests, one after the other. */
async function statuses(url: string, dialect: keyof typeof doors, count: number): Promise<number[]> {
  const list: number[] = []
  for (let made = 0; made < count; made++) {
    const { status } = await fetch(url + doors[dialect], {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'any', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ model: 'sim-small', max_tokens: 9, messages: [{ role: 'user', content: 'Hello.' }] }),
    })
    list.push(status)
  }
  return list
}

test('a fault strikes where it is said to, and everywhere where it says so itself', async () => {
  await using simulator = await startSimulator()
  const where = { dialect: 'openai-chat' } as const
  simulator.setScenario(scenarioOfFaults(['overloaded'], where))
  expect(await statuses(simulator.url, 'openai-chat', 2)).toEqual([529, 529])
  expect(await statuses(simulator.url, 'anthropic-messages', 2)).toEqual([200, 200])
  simulator.setScenario(scenarioOfFaults(['everywhere+unavailable'], where))
  expect(await statuses(simulator.url, 'anthropic-messages', 2)).toEqual([503, 503])
  simulator.setScenario(scenarioOfFaults([], where))
  expect(await statuses(simulator.url, 'openai-chat', 1)).toEqual([200])
})

test('a counted one strikes the first requests only', async () => {
  await using simulator = await startSimulator()
  simulator.setScenario(scenarioOfFaults(['overloaded@2']))
  expect(await statuses(simulator.url, 'openai-chat', 4)).toEqual([529, 529, 200, 200])
})

test('several take turns, and leave no request alone', async () => {
  await using simulator = await startSimulator()
  simulator.setScenario(scenarioOfFaults(['everywhere+unavailable', 'overloaded', 'server-error']))
  const seen = await statuses(simulator.url, 'openai-chat', 40)
  expect([...new Set(seen)].sort()).toEqual([500, 503, 529])
})

test.each([
  ['explode', 'faults[0]: No fault is called "explode"'],
  ['stall:before=1', 'faults[0]: The fault "stall" has no parameter "before"'],
  ['somewhere+stall', 'faults[0]: Before the plus stands "everywhere"'],
  ['', 'faults[0]: No fault is called ""'],
])('%j is no fault, and the message says why', (written, message) => {
  expect(() => scenarioOfFaults([written])).toThrow(ScenarioInvalid)
  expect(() => scenarioOfFaults([written])).toThrow(message)
})
