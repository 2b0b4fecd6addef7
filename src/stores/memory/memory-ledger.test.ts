import { expect, it } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { held, ledgerSuite, sampleAccount } from '../ledger.suite.ts'
import { createMemoryLedger } from './memory-ledger.ts'

ledgerSuite('memory', async () => createMemoryLedger())

it('leaves no timer behind, and presumes nothing', async () => {
  const clock = createVirtualClock()
  await using ledger = createMemoryLedger({ clock })
  const ask = { id: 'attempt_a', callId: 'call_a', worstNanoUsd: 5, accounts: [sampleAccount()] }
  held(await ledger.reserve(ask))
  expect(clock.pending).toBe(0)
  expect(await ledger.presumed()).toEqual([])
  expect(await ledger.reconcile(() => 1)).toBe(0)
})
