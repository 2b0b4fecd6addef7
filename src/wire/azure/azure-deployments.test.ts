import { expect, it } from 'vitest'
import { openaiChat } from '../openai-chat/index.ts'
import { openaiResponses } from '../openai-responses/index.ts'
import { azureDeployments } from './azure-deployments.ts'

it('names the deployment in the path of a completion, and the version in its query', () => {
  const { write } = azureDeployments(openaiChat, '2025-04-01-preview').address!
  expect(write('my gpt/4', true)).toBe('/deployments/my%20gpt%2F4/chat/completions?api-version=2025-04-01-preview')
  expect(() => write('..', false)).toThrow(/cannot stand in a path/)
})

it('leaves the deployment of a response in its body, where Azure reads it', () => {
  const { write } = azureDeployments(openaiResponses, '2025-04-01-preview').address!
  expect(write('mine', false)).toBe('/responses?api-version=2025-04-01-preview')
})

it('says all else as the dialect does', () => {
  const { address: _address, operations, ...rest } = azureDeployments(openaiChat, '2024-10-21')
  expect(openaiChat).toMatchObject(rest)
  expect(operations.map(({ path, address }) => [path, address?.write('mine', false)])).toEqual([
    ['/embeddings', '/deployments/mine/embeddings?api-version=2024-10-21'],
  ])
})
