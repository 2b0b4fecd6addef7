import { expect, it } from 'vitest'
import { accountOf, type Budget } from '../src/core/budget.ts'
import { standingsOf } from '../src/core/budget-standing.ts'
import { createMemoryLedger } from '../src/stores/memory/index.ts'

const common = { per: 'day', warnAt: [0.8], hard: true, limitNanoUsd: 1_000_000 } as const
const all: Budget = { ...common, id: 'all', scope: 'global' }
const each: Budget = { ...common, id: 'each', scope: 'feature', name: '*' }
const idle: Budget = { ...common, id: 'idle', scope: 'tenant', name: '*' }

it('says of each budget and subject what is settled, reserved and counted at its worst case', async () => {
  const ledger = createMemoryLedger()
  const now = Date.now()
  const reserve = async (id: string, feature: string) => {
    const accounts = [accountOf(all, '', now), accountOf(each, feature, now)]
    const held = await ledger.reserve({ id, callId: `call of ${id}`, worstNanoUsd: 9_000, accounts })
    if (held.type === 'refused') throw new Error(`The budget ${held.state.account.id} refused it.`)
    return held
  }
  ;(await reserve('settled', 'triage')).settle(7_000)
  ;(await reserve('untold', 'triage')).presume(1)
  await reserve('under way', 'helpdesk')
  await ledger.flush()
  const stand = { current: await ledger.current(), presumed: await ledger.presumed() }
  const told = standingsOf([all, each, idle], stand, now).map((standing) => {
    const { account, settledNanoUsd, reservedNanoUsd, presumed } = standing
    return [account.budget.id, account.subject, settledNanoUsd, reservedNanoUsd, presumed]
  })
  expect(told).toEqual([
    ['all', '', 16_000, 9_000, { attempts: 1, nanoUsd: 9_000 }],
    ['each', 'helpdesk', 0, 9_000, { attempts: 0, nanoUsd: 0 }],
    ['each', 'triage', 16_000, 0, { attempts: 1, nanoUsd: 9_000 }],
    ['idle', '*', 0, 0, { attempts: 0, nanoUsd: 0 }],
  ])
  await ledger.close()
})
