import type { Ledger } from '../core/ledger.ts'
import { asInseamError, type InseamError } from '../errors/index.ts'
import { ledgerIsLost } from './ledger/ledger-is-lost.ts'

/**
 * A ledger that is opened with the first reservation: who has no budget opens none. Where it cannot be opened, that reservation fails,
 * and the next one tries again.
 */
export function ledgerWhenAsked(open: () => Promise<Ledger>): Ledger {
  let opened: Promise<Ledger> | undefined
  let ledger: Ledger | undefined
  let problem: InseamError | undefined
  const get = (): Promise<Ledger> => {
    if (!opened) {
      const opening = open()
      opened = opening
      opening.then(
        (there) => {
          ledger = there
          problem = undefined
        },
        (error: unknown) => {
          problem = asInseamError(error)
          if (opened === opening) opened = undefined
        },
      )
    }
    return opened
  }
  return {
    reserve: async (ask) => (await get()).reserve(ask),
    states: async (accounts) => (await get()).states(accounts),
    current: async () => (await get()).current(),
    presumed: async () => (await get()).presumed(),
    problems: () => (problem ? [ledgerIsLost(problem)] : (ledger?.problems?.() ?? [])),
    flush: async () => (await opened)?.flush(),
    // Where it is being opened and cannot be, there is nothing to close.
    close: async () => (await opened?.catch(() => undefined))?.close(),
  }
}
