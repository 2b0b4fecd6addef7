import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseConfig } from './parse-config.ts'

const budgetsOf = (text: string) => parseConfig(text, { env: {} }).budgets

it('reads budgets: hard, and warning at 80% and 100%, where nothing else is said', () => {
  expect(
    budgetsOf(`
budgets:
  - { scope: feature, name: triage-ticket, limit: 50 USD, per: day }
  - { scope: key, name: "*", limit: 0.5USD, per: hour, hard: false, warnAt: [90%, 50%, 50%] }
  - { scope: global, limit: 1000000 USD, per: month }
`),
  ).toEqual([
    {
      id: 'feature:triage-ticket:day',
      scope: 'feature',
      name: 'triage-ticket',
      limitNanoUsd: 50_000_000_000,
      per: 'day',
      hard: true,
      warnAt: [0.8, 1],
    },
    {
      id: 'key:*:hour',
      scope: 'key',
      name: '*',
      limitNanoUsd: 500_000_000,
      per: 'hour',
      hard: false,
      warnAt: [0.5, 0.9],
    },
    { id: 'global:month', scope: 'global', limitNanoUsd: 1e15, per: 'month', hard: true, warnAt: [0.8, 1] },
  ])
})

it('reads money to the nano-dollar', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e15 }), (nanoUsd) => {
      const digits = String(nanoUsd).padStart(10, '0')
      const usd = `${digits.slice(0, -9)}.${digits.slice(-9)}`
      const [budget] = budgetsOf(`budgets: [{ scope: global, limit: ${usd} USD, per: day }]`)
      expect(budget?.limitNanoUsd).toBe(nanoUsd)
    }),
  )
})

it('has no budgets where none are written', () => {
  expect(budgetsOf('')).toEqual([])
})
