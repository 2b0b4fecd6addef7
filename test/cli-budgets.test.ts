import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { parseConfig } from '../src/config.ts'
import { accountOf } from '../src/core/budget.ts'
import { openSqliteLedger } from '../src/stores/sqlite/sqlite-ledger.ts'
import { inseam } from './process.ts'

const cwd = mkdtempSync(join(tmpdir(), 'inseam-cli-budgets-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const ask = (...words: string[]) => inseam(['budgets', ...words], { cwd })
const config = `
budgets:
  - { scope: global, limit: 2000 USD, per: month }
  - { scope: feature, name: "*", limit: 50 USD, per: day }
`

it('shows how budgets stand and what of them is not known, and books what is known after all', async () => {
  writeFileSync(join(cwd, 'inseam.yaml'), config)
  const fresh = await ask('list')
  expect(fresh.out).toMatch(/^global:month {2,}everything {2,}0 USD {2,}0 USD {2,}2000 USD {2,}2000 USD {2,}\d{4}-/m)

  const { budgets } = parseConfig(config, { env: {} })
  const accounts = budgets.map((budget) => accountOf(budget, budget.scope === 'global' ? '' : 'triage', Date.now()))
  await using ledger = await openSqliteLedger({ path: join(cwd, '.inseam', 'state.db') })
  for (const [id, worstNanoUsd] of [
    ['attempt_known', 30_000_000],
    ['attempt_unknown', 500_000_000],
  ] as const) {
    const answer = await ledger.reserve({ id, callId: 'call_1', worstNanoUsd, accounts })
    if (answer.type === 'reserved') id === 'attempt_known' ? answer.settle(20_000_000) : answer.presume(1_000_000)
  }
  await ledger.flush()

  const [listed, unknown, wrong, absent] = [
    await ask('list'),
    await ask('unknown'),
    await ask('correct', 'attempt_unknown', '1e3'),
    await ask('correct', 'attempt_known', '0.1'),
  ]
  expect(listed.out).toMatch(/^feature:\*:day {2,}triage {2,}0\.52 USD {2,}0 USD {2,}50 USD {2,}49\.48 USD/m)
  expect(listed.out).toContain('What 1 attempt came to is not known: counted at the worst case, 0.5 USD.')
  expect(unknown.out).toMatch(/^attempt_unknown {2,}call_1 {2,}0\.5 USD {2,}.*global:month, feature:\*:day\|triage/m)
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('Write US dollars')])
  expect([absent.code, absent.err]).toEqual([2, expect.stringContaining('Fix: Name one')])

  const corrected = await ask('correct', 'attempt_unknown', '0.004')
  expect(corrected.out).toBe('The attempt attempt_unknown is booked at 0.004 USD.\n')
  const after = await ask('list', '--json')
  expect(JSON.parse(after.out)).toMatchObject([
    { budgetId: 'feature:*:day', subject: 'triage', settled: 24_000_000, reserved: 0, limit: 50_000_000_000 },
    { budgetId: 'global:month', subject: '', settled: 24_000_000, reserved: 0, limit: 2_000_000_000_000 },
  ])
})
