import { expect, it } from 'vitest'
import { makeMixedCalls } from './mixed-calls.ts'

// `node test/money/mixed-calls.ts 10000` makes more of them, and prints the figures that docs/budgets.md tells.
it('books what is billed to the nano-dollar where usage came, and no less elsewhere, through faults, aborts and readers that stop', async () => {
  const figures = await makeMixedCalls(1_000)
  const { billed, settled, reconciled, measured, wrong, estimated, endings, highest, limit } = figures
  expect(wrong).toEqual([])
  expect(measured).toBeGreaterThan(500)
  expect(estimated.attempts).toBeGreaterThan(50)
  expect(Object.keys(endings)).toEqual(
    expect.arrayContaining([
      'completed',
      'truncated',
      'aborted',
      'stream-interrupted',
      'reply-unreadable',
      'server-error',
    ]),
  )
  expect(highest).toBeLessThanOrEqual(limit)
  expect(settled).toBeGreaterThanOrEqual(billed)
  expect(estimated.counted).toBeGreaterThanOrEqual(estimated.billed)
  expect(reconciled).toBe(billed)
})
