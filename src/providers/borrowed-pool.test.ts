import type { Pool } from 'undici'
import { expect, it } from 'vitest'
import { borrowedPool } from './borrowed-pool.ts'

/** Pools that only say what is done to them. */
function pools() {
  const said: string[] = []
  const open = async () => {
    const name = `pool ${said.filter((line) => line.startsWith('open')).length + 1}`
    said.push(`open ${name}`)
    return { destroy: async () => void said.push(`close ${name}`) } as unknown as Pool
  }
  return { said, open }
}

it('opens with the first use, and one for all', async () => {
  const { said, open } = pools()
  const pool = borrowedPool(open)
  await pool.close()
  expect(said).toEqual([])
  const [one, two] = await Promise.all([pool.borrow(), pool.borrow()])
  expect(one).toBe(two)
})

it('closes once the last borrower has given it back', async () => {
  const { said, open } = pools()
  const pool = borrowedPool(open)
  await Promise.all([pool.borrow(), pool.borrow()])
  pool.giveBack()
  const closed = Promise.all([pool.close(), pool.close()])
  expect(said).toEqual(['open pool 1'])
  pool.giveBack()
  await closed
  expect(said).toEqual(['open pool 1', 'close pool 1'])
  await pool.close()
  expect(said).toEqual(['open pool 1', 'close pool 1'])
})

it('opens again for who comes late, and closes behind them', async () => {
  const { said, open } = pools()
  const pool = borrowedPool(open)
  await pool.borrow()
  pool.giveBack()
  await pool.close()
  await pool.borrow()
  expect(said).toEqual(['open pool 1', 'close pool 1', 'open pool 2'])
  const closed = pool.close()
  pool.giveBack()
  await closed
  expect(said.at(-1)).toBe('close pool 2')
})

it('stays open while nobody has told it to close', async () => {
  const { said, open } = pools()
  const pool = borrowedPool(open)
  for (let time = 0; time < 3; time++) {
    await pool.borrow()
    pool.giveBack()
  }
  expect(said).toEqual(['open pool 1'])
})
