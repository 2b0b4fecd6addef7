import { expect, test } from 'vitest'
import { nearestNames } from './nearest-names.ts'

const names = ['stall', 'split', 'split-characters', 'overloaded', 'html', 'cut']

test.each([
  ['stal', ['stall']],
  ['overlaoded', ['overloaded']],
  ['split', ['split', 'split-characters']],
  ['characters', ['split-characters']],
  ['Cut', ['cut']],
  ['nonsense', []],
  ['', []],
])('%s is likely to mean %j', (written, meant) => {
  expect(nearestNames(written, names)).toEqual(meant)
})
