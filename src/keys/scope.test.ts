import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInRanges, parseRange } from './address-range.ts'
import { opened } from './opened.suite.ts'
import { isWithin, keyRoles, narrow, type Reach, stated, widerIn } from './scope.ts'

const names = fc.option(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')), { nil: undefined })
const opening = fc.option(fc.oneof(fc.boolean(), fc.uniqueArray(fc.constantFrom('openai', 'anthropic'))), {
  nil: undefined,
})
const ranges = fc.option(
  fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '0.0.0.0/0', '2001:db8::/32', '::/0'), {
    maxLength: 3,
  }),
  { nil: undefined },
)
const budgets = fc.option(
  fc.array(
    fc.record({
      id: fc.constantFrom('x', 'y'),
      scope: fc.constant('global' as const),
      limitNanoUsd: fc.nat(100),
      per: fc.constantFrom('hour' as const, 'day' as const),
      hard: fc.boolean(),
      warnAt: fc.constant([0.8]),
    }),
    { maxLength: 3 },
  ),
  { nil: undefined },
)
const limits = fc.option(
  fc.array(
    fc.record(
      { id: fc.constant('l'), scope: fc.constant('global' as const), requests: fc.nat(9), concurrency: fc.nat(9) },
      { requiredKeys: ['id', 'scope'] },
    ),
    { maxLength: 2 },
  ),
  { nil: undefined },
)
const reach: fc.Arbitrary<Reach> = fc
  .record({
    role: fc.constantFrom(...keyRoles),
    tenant: fc.option(fc.constantFrom('t1', 't2'), { nil: undefined }),
    features: names,
    aliases: names,
    passThrough: opening,
    providerKeys: opening,
    addresses: ranges,
    budgets,
    limits,
    expiresAt: fc.option(fc.nat(100), { nil: undefined }),
  })
  .map(stated)

describe('a scope', () => {
  it('is within another exactly where it opens nothing that the other does not', () => {
    fc.assert(
      fc.property(reach, reach, (parent, child) => {
        if (!isWithin(parent, child)) return
        const of = new Set(opened(parent))
        expect(opened(child).filter((what) => !of.has(what))).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  it('narrowed by another opens what both open, and is within both', () => {
    fc.assert(
      fc.property(reach, reach, (parent, child) => {
        const both = narrow(parent, child)
        if (!both) {
          expect(parent.tenant).not.toBe(child.tenant)
          return
        }
        expect(widerIn(parent, both)).toBeUndefined()
        const right = new Set(opened(child))
        expect(opened(both)).toEqual(opened(parent).filter((what) => right.has(what)))
      }),
      { numRuns: 2_000 },
    )
  })

  it('through any chain opens nothing that one before it does not', () => {
    fc.assert(
      fc.property(fc.array(reach, { minLength: 2, maxLength: 6 }), (chain) => {
        const [first, ...rest] = chain
        let last: Reach | undefined = first
        for (const next of rest) last = last && narrow(last, next)
        if (!last) return
        for (const ancestor of chain) {
          const of = new Set(opened(ancestor))
          expect(opened(last).filter((what) => !of.has(what))).toEqual([])
          for (const budget of ancestor.budgets ?? [])
            expect(
              last.budgets?.some(({ id, limitNanoUsd }) => id === budget.id && limitNanoUsd <= budget.limitNanoUsd),
            ).toBe(true)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('a range of addresses', () => {
  it('holds what the list of Node holds', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(address, fc.nat(128), address, (base, length, at) => {
        const family = base.includes(':') ? 6 : 4
        const bits = Math.min(length, family === 4 ? 32 : 128)
        const list = new BlockList()
        list.addSubnet(base, bits, family === 4 ? 'ipv4' : 'ipv6')
        const range = parseRange(`${base}/${bits}`)
        // Node takes a base with further bits; here it is refused.
        if (!range) return
        const isThere = list.check(at, at.includes(':') ? 'ipv6' : 'ipv4')
        // Node looks for addresses of IPv4 in ranges of IPv6 that hold all of those.
        if (base.includes(':') === at.includes(':')) expect(isInRanges(at, [`${base}/${bits}`])).toBe(isThere)
      }),
      { numRuns: 3_000 },
    )
  })

  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '::ffff:10.1.1.1', true],
    ['::ffff:10.0.0.0/104', '10.1.1.1', true],
    ['::/0', '10.1.1.1', false],
    ['::/0', '::ffff:10.1.1.1', false],
    ['0.0.0.0/0', '::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', 'nonsense', false],
  ])('%s and %s: %s', (range, address, isThere) => {
    expect(isInRanges(address, [range])).toBe(isThere)
  })

  it.each([
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0',
    '010.0.0.1',
    '::1/129',
    'fe80::1%eth0',
    '',
    '10.0.0.0/',
    'localhost',
    '1.2.3.4/-1',
  ])('%s is none', (text) => expect(parseRange(text)).toBeUndefined())
})
