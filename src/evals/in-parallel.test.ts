import { expect, it } from 'vitest'
import { inParallel } from './in-parallel.ts'

async function* numbers(count: number, onClose: () => void = () => undefined) {
  try {
    for (let number = 1; number <= count; number++) yield number
  } finally {
    onClose()
  }
}

const always = () => true
const tick = () => new Promise<void>((resolve) => setImmediate(resolve))

it('works on each item once, on no more at a time than it may', async () => {
  const seen: number[] = []
  let now = 0
  let most = 0
  await inParallel(numbers(50), { concurrency: 4, mayBegin: always }, async (number) => {
    most = Math.max(most, ++now)
    await tick()
    seen.push(number)
    now--
  })
  expect(seen.sort((left, right) => left - right)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
  expect(most).toBe(4)
})

it('begins nothing more once it may not, and closes the source', async () => {
  let begun = 0
  let isClosed = false
  const source = numbers(50, () => {
    isClosed = true
  })
  await inParallel(source, { concurrency: 4, mayBegin: () => begun < 10 }, async () => {
    begun++
    await tick()
  })
  expect(begun).toBe(10)
  expect(isClosed).toBe(true)
})

it('throws what failed first, once all that was begun has ended', async () => {
  let begun = 0
  let ended = 0
  const work = inParallel(numbers(50), { concurrency: 4, mayBegin: always }, async (number) => {
    begun++
    if (number === 3) throw new Error('the third')
    await tick()
    ended++
  })
  await expect(work).rejects.toThrow('the third')
  expect({ begun, ended }).toEqual({ begun: 3, ended: 2 })
})
