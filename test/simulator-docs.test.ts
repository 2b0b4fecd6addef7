import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkScenario, startSimulator } from '../src/simulator/index.ts'

const page = readFileSync(new URL('../docs/simulator.md', import.meta.url), 'utf8')
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block)

it.each(blocks('yaml'))('a scenario of docs/simulator.md is one: %s', (block) => {
  expect(checkScenario(parse(block)).rules.length).toBeGreaterThan(0)
})

it('docs/simulator.md shows scenarios, and the fields of the log as they are', async () => {
  expect(blocks('yaml').length).toBeGreaterThan(2)
  await using simulator = await startSimulator()
  await fetch(`${simulator.url}/v1/models`)
  const [shown] = blocks('json')
  const [entry] = simulator.log()
  expect(Object.keys(JSON.parse(shown!))).toEqual(Object.keys(entry!))
  expect(Object.keys(JSON.parse(shown!).billed)).toEqual(Object.keys(entry!.billed!))
  expect(Object.keys(JSON.parse(shown!).billed.usage)).toEqual(Object.keys(entry!.billed!.usage))
})

it('docs/simulator.md names every field that a rule and its condition can have', () => {
  for (const [wrong, path] of [
    [{ rules: [{ x: 1 }] }, 'rules[].'],
    [{ rules: [{ when: { x: 1 } }] }, 'when.'],
  ] as const) {
    const fields = fieldsNamedBy(() => checkScenario(wrong))
    expect(fields.length).toBeGreaterThan(5)
    for (const field of fields) expect(page).toContain(`\`${path}${field}\``)
  }
})

/** The fields that the refusal of an unknown one lists. */
function fieldsNamedBy(check: () => unknown): string[] {
  try {
    check()
  } catch (error) {
    return (/use one of: (.*)\.$/.exec((error as Error).message)?.[1] ?? '').split(', ')
  }
  return []
}
