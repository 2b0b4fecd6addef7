import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addUsage, inputTokens, noUsage, outputTokens, type Usage, usageParts } from './usage.ts'

const usage: fc.Arbitrary<Usage> = fc
  .record({
    source: fc.constantFrom('measured' as const, 'estimated' as const),
    parts: fc.array(fc.nat(1e6), { minLength: usageParts.length, maxLength: usageParts.length }),
  })
  .map(({ source, parts }) => ({
    ...noUsage,
    ...Object.fromEntries(usageParts.map((part, index) => [part, parts[index]])),
    source,
  }))

it('adds up part by part, and is an estimate where any part of it is', () => {
  fc.assert(
    fc.property(usage, usage, (a, b) => {
      const sum = addUsage(a, b)
      for (const part of usageParts) expect(sum[part]).toBe(a[part] + b[part])
      expect(sum.source === 'estimated').toBe(a.source === 'estimated' || b.source === 'estimated')
      expect(addUsage(a, noUsage)).toEqual(a)
    }),
  )
})

it('counts each part once, as input or as output', () => {
  fc.assert(
    fc.property(usage, (used) => {
      const all = usageParts.reduce((sum, part) => sum + used[part], 0)
      expect(inputTokens(used) + outputTokens(used)).toBe(all)
    }),
  )
})

it("adds up the calls of a provider's own tools by name", () => {
  const searched = (count: number): Usage => ({ ...noUsage, serverToolCalls: { web_search: count } })
  expect(addUsage(searched(1), searched(2)).serverToolCalls).toEqual({ web_search: 3 })
  expect(addUsage(noUsage, searched(2)).serverToolCalls).toEqual({ web_search: 2 })
  const fetched: Usage = { ...noUsage, serverToolCalls: { web_fetch: 1 } }
  expect(addUsage(searched(1), fetched).serverToolCalls).toEqual({ web_search: 1, web_fetch: 1 })
})

it.each(['constructor', 'toString', '__proto__'])('counts the calls of a tool named %s from 0', (name) => {
  const called = (name: string): Usage => ({ ...noUsage, serverToolCalls: Object.fromEntries([[name, 1]]) })
  const { serverToolCalls } = addUsage(called('web_search'), called(name))
  expect(Object.entries(serverToolCalls ?? {})).toEqual([
    ['web_search', 1],
    [name, 1],
  ])
})
