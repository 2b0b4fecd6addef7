import { expect, it } from 'vitest'
import { bindRules, lookup, rule } from './rule.ts'

const signal = new AbortController().signal
const rules = [
  rule('empty', (text: string) => text === '', 'Nothing.'),
  lookup('slow table', async (text: string) => (text === 'a' ? '' : undefined)),
]

it('answers where it holds, with an empty answer too, and abstains everywhere else', async () => {
  const decide = (input: string) => Promise.all(bindRules(rules, input).map((decider) => decider.decide(signal)))
  expect(await decide('')).toEqual([{ content: [{ type: 'text', text: 'Nothing.' }] }, undefined])
  expect(await decide('a')).toEqual([undefined, { content: [{ type: 'text', text: '' }] }])
  expect(await decide('b')).toEqual([undefined, undefined])
})

it('tells what was decided as the rule gave it', async () => {
  const answer = { at: new Date(0) }
  const told: unknown[] = []
  const [never, always] = bindRules(
    [lookup('never', () => undefined), lookup('always', () => answer)],
    '',
    (decided) => {
      told.push(decided)
    },
  )
  await never?.decide(signal)
  await always?.decide(signal)
  expect(told).toEqual([answer])
  expect(told[0]).toBe(answer)
})

it('says what it is and what it is called', () => {
  expect(bindRules(rules, '').map(({ name, source }) => `${source} ${name}`)).toEqual([
    'rule empty',
    'lookup slow table',
  ])
})
