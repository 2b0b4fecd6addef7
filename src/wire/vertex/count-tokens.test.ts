import { expect, it } from 'vitest'
import type { ModelRequest } from '../../core/request.ts'
import { countTokens } from './count-tokens.ts'
import { vertexGemini } from './vertex-gemini.ts'

const request: ModelRequest = {
  messages: [
    { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
    { role: 'user', content: [{ type: 'text', text: 'Hello.' }] },
  ],
  tools: [{ name: 'a', inputSchema: { type: 'object' } }],
  toolChoice: { type: 'required' },
  stream: false,
}

it('a count at Vertex AI has the parts of a request, and no whole one', () => {
  const { body } = countTokens.encodeRequest(request, 'gemini-2.5-flash', {})
  expect(Object.keys(body)).toEqual(['contents', 'systemInstruction', 'tools'])
  expect(vertexGemini.operations).toContain(countTokens)
})

it('a whole request that a client has counted is taken apart, and parts stay as they are', () => {
  const parts = '{ "contents": [{"parts":[{"text":"Hi."}]}] }'
  expect(countTokens.passRequest(parts, 'm')).toBe(parts)
  const whole = { model: 'models/alias', contents: [], system_instruction: { parts: [] }, safetySettings: [] }
  for (const name of ['generateContentRequest', 'generate_content_request']) {
    const passed = countTokens.passRequest(JSON.stringify({ [name]: whole }), 'm')
    expect(JSON.parse(passed)).toEqual({ contents: [], systemInstruction: { parts: [] } })
  }
})
