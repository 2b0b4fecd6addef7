import { expect, test } from 'vitest'
import { faults } from '../../src/simulator/index.ts'
import { catalogue, isMade, parts } from './catalogue.ts'

test('the catalogue has each of the 104 faults once, in order', () => {
  expect(catalogue.map(({ number }) => number)).toEqual(Array.from({ length: 104 }, (_, index) => index + 1))
  for (const { number, ways } of catalogue) expect(ways.length, `fault ${number}`).toBeGreaterThan(0)
})

test('every fault of the simulator is held to somewhere', () => {
  const held = new Set(
    Object.values(parts)
      .flat()
      .flatMap(({ ways }) => ways.filter(isMade).flatMap(({ made }) => ('address' in made ? [] : [made.type]))),
  )
  expect(faults.map(({ name }) => name).filter((name) => !held.has(name))).toEqual([])
})
