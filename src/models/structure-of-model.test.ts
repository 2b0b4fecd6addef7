import { expect, it } from 'vitest'
import { structureOfModel } from './structure-of-model.ts'

it('knows models that are older than structured outputs by their exact ids', () => {
  expect(structureOfModel('gpt-4-turbo')).toBe('tool')
  expect(structureOfModel('claude-sonnet-4-20250514')).toBe('tool')
  expect(structureOfModel('claude-sonnet-4-6')).toBeUndefined()
  expect(structureOfModel('gpt-4.1')).toBeUndefined()
})

it('knows those of Bedrock whichever regions serve them', () => {
  expect(structureOfModel('us.anthropic.claude-sonnet-4-20250514-v1:0')).toBe('tool')
  expect(structureOfModel('amazon.nova-lite-v1:0')).toBe('tool')
  expect(structureOfModel('us.meta.llama4-scout-17b-instruct-v1:0')).toBe('instructions')
  expect(structureOfModel('openai.gpt-oss-120b-1:0')).toBeUndefined()
  expect(structureOfModel('global.anthropic.claude-sonnet-4-6')).toBeUndefined()
})
