import { scalar } from './scalar.ts'

/** The most that a budget may be, in USD: nano-dollars beyond nine million are no longer exact. */
const most = 1_000_000

/** An amount of money above nothing, read as integer nano-dollars. */
export const money = () =>
  scalar<number>({
    wrong(value) {
      const currency = typeof value === 'string' ? /^\d[\d.]* ?([A-Za-z]{3})$/.exec(value.trim())?.[1] : undefined
      if (currency !== undefined && currency !== 'USD') return 'is in a currency that no price is in.'
      const nanoUsd = readMoney(value)
      if (nanoUsd === undefined) return 'is no amount of money.'
      return nanoUsd === 0 ? 'is nothing.' : 'is too much.'
    },
    fix(value) {
      const nanoUsd = readMoney(value)
      if (nanoUsd === undefined) return 'Write US dollars, with at most nine digits after the point: 50 USD or 0.5 USD.'
      return nanoUsd === 0 ? 'Write more than 0 USD; to forbid calls, take the key away.' : 'Write 1000000 USD or less.'
    },
    json: { type: 'string', pattern: '^\\d{1,10}(\\.\\d{1,9})? ?USD$' },
    read(value) {
      const nanoUsd = readMoney(value)
      return nanoUsd !== undefined && nanoUsd > 0 && nanoUsd <= most * 1e9 ? nanoUsd : undefined
    },
  })

/** Exact: no floating point stands between what was written and what is counted. */
function readMoney(value: unknown): number | undefined {
  const [, whole, fraction = ''] =
    (typeof value === 'string' && /^(\d{1,10})(?:\.(\d{1,9}))? ?USD$/.exec(value.trim())) || []
  return whole === undefined ? undefined : Number(whole + fraction.padEnd(9, '0'))
}
