import { expect, it } from 'vitest'
import { structureOfModel } from './structure-of-model.ts'

it('knows models that are older than structured outputs by their exact ids', () => {
  expect(structureOfModel('gpt-4-turbo')).toBe('tool')
  expect(structureOfModel('claude-sonnet-4-20250514')).toBe('tool')
  expect(structureOfModel('claude-sonnet-4-6')).toBeUndefined()
  expect(structureOfModel('gpt-4.1')).toBeUndefined()
})
