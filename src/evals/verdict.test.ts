import { expect, it } from 'vitest'
import { wilson } from '../core/wilson.ts'
import type { Comparison } from './comparison.ts'
import { mcNemar } from './statistics/mc-nemar.ts'
import { decideVerdict, type Gate, percent, type RunFacts } from './verdict.ts'

const ids = (count: number) => Array.from({ length: count }, (_, index) => `case-${index}`)

const compared = (broken: number, fixed: number, addedFailing = 0): Comparison => ({
  paired: 100,
  broken: ids(broken),
  fixed: ids(fixed),
  added: addedFailing,
  addedFailing: ids(addedFailing),
  missing: 0,
  p: mcNemar(broken, fixed),
  isPromptChanged: false,
})

const run = (change: Partial<RunFacts>, gate?: Gate) => {
  const facts: RunFacts = {
    ending: 'finished',
    passed: 100,
    failed: 0,
    unclear: 0,
    interval: [0, 0],
    mustPassFailed: [],
    ...change,
  }
  return decideVerdict({ ...facts, interval: wilson(facts.passed, facts.passed + facts.failed) }, gate)
}

it.each<[string, Partial<RunFacts>, Gate | undefined, string, RegExp | undefined]>([
  ['all passed', {}, undefined, 'passed', undefined],
  ['one failed that no baseline knows', { failed: 1 }, undefined, 'failed', /1 of 101 fail/],
  ['failures that the baseline knows', { failed: 5, comparison: compared(0, 0) }, undefined, 'passed', undefined],
  ['five broken', { failed: 5, comparison: compared(5, 0) }, undefined, 'inconclusive', /5 broken.*p = 0.063/],
  ['six broken', { failed: 6, comparison: compared(6, 0) }, undefined, 'regressed', /6 broken.*p = 0.031/],
  ['one broken, strictly', { failed: 1, comparison: compared(1, 3) }, { isStrict: true }, 'regressed', /--strict/],
  ['many fixed, one broken', { comparison: compared(1, 12) }, undefined, 'inconclusive', /1 broken, 12 fixed/],
  ['many fixed', { comparison: compared(0, 12) }, undefined, 'passed', undefined],
  ['a new case that fails', { failed: 1, comparison: compared(0, 0, 1) }, undefined, 'inconclusive', /is new: case-0/],
  ['a case that must pass', { mustPassFailed: ['vip'], comparison: compared(1, 0) }, undefined, 'failed', /vip/],
  ['unclear cases', { unclear: 1 }, undefined, 'inconclusive', /1 unclear/],
  ['as many unclear cases as may be', { unclear: 1 }, { maxUnclear: 1 }, 'passed', undefined],
  ['nothing judged', { passed: 0, unclear: 3 }, { maxUnclear: 3 }, 'inconclusive', /no case was judged/],
  ['the money limit', { ending: 'money' }, undefined, 'inconclusive', /money limit/],
  ['a signal', { ending: 'stopped' }, undefined, 'inconclusive', /stopped/],
  ['a failure and the money limit', { ending: 'money', failed: 1 }, undefined, 'failed', /fail.*/],
  ['enough that pass', { passed: 90, failed: 10 }, { minPass: 0.9 }, 'passed', undefined],
  ['too few that pass', { passed: 89, failed: 11 }, { minPass: 0.9 }, 'failed', /89 % pass, fewer than the 90 %/],
  ['perhaps too few', { passed: 90, failed: 10 }, { minPass: 0.9, isStrict: true }, 'failed', /as few as 82.6 %/],
])('says of %s what it is', (_what, facts, gate, verdict, reason) => {
  const said = run(facts, gate)
  expect(said.verdict).toBe(verdict)
  if (reason) expect(said.reasons.join('; ')).toMatch(reason)
  else expect(said.reasons).toEqual([])
})

it.each([
  [0.9, '90 %'],
  [0.9166, '91.7 %'],
  [0.99981, '99.98 %'],
  [0.0001, '0.01 %'],
  [1, '100 %'],
  [0, '0 %'],
])('writes the share %d as %s', (share, text) => {
  expect(percent(share)).toBe(text)
})
