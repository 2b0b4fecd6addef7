import { expect, it } from 'vitest'
import { z } from 'zod'
import { feature } from './feature.ts'
import { prompt } from './prompt.ts'
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

it('knows the types of the feature in which it is made', async () => {
  const triage = feature({
    name: 'triage',
    model: 'fast',
    input: z.object({ ticket: z.string() }),
    output: z.object({ category: z.enum(['billing', 'other']), tags: z.array(z.string()) }),
    decide: ({ rule, lookup }) => [
      rule('empty', ({ ticket }) => ticket.trim() === '', { category: 'other', tags: [] }),
      lookup('invoices', ({ ticket }) =>
        ticket === 'invoice' ? { category: 'billing', tags: ['invoice'] } : undefined,
      ),
    ],
    prompt: ({ ticket }) => prompt`${ticket}`,
  })
  const decide = (ticket: string) =>
    Promise.all(bindRules(triage.decide ?? [], { ticket }).map((decider) => decider.decide(signal)))
  expect(await decide('')).toMatchObject([{ content: [{ text: '{"category":"other","tags":[]}' }] }, undefined])
  expect(await decide('invoice')).toMatchObject([
    undefined,
    { content: [{ text: '{"category":"billing","tags":["invoice"]}' }] },
  ])
})
