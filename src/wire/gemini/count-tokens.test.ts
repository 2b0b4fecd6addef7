import { expect, it } from 'vitest'
import { sealThought } from '../sealed-thought.ts'
import { countTokens as atVertex } from '../vertex/count-tokens.ts'
import { countTokens } from './count-tokens.ts'

const sealed = sealThought({ type: 'thinking', text: 'Hm.', dialect: 'anthropic-messages', signature: 'sig' })
const question = { role: 'user', parts: [{ text: 'Hello?' }] }
const answer = { role: 'model', parts: [{ text: 'Hello.' }] }
const shown = { role: 'model', parts: [{ text: 'Hm.', thought: true, thoughtSignature: sealed }, ...answer.parts] }

it.each(['generateContentRequest', 'generate_content_request'])(
  "a count leaves another provider's thoughts out as an answer does, alone and within %s",
  (name) => {
    const contents = [question, shown, question]
    const left = [question, answer, question]
    expect(JSON.parse(countTokens.passRequest(JSON.stringify({ contents }), 'm'))).toEqual({ contents: left })
    const whole = JSON.stringify({ [name]: { contents } })
    expect(JSON.parse(countTokens.passRequest(whole, 'm'))).toEqual({ [name]: { contents: left, model: 'models/m' } })
    for (const body of [whole, JSON.stringify({ contents })])
      expect(JSON.parse(atVertex.passRequest(body, 'm'))).toEqual({ contents: left })
  },
)

it('a count without them stays as it is, to the byte', () => {
  const body = '{ "contents" : [{"parts":[{"text":"Hi."}]}] }'
  expect(countTokens.passRequest(body, 'm')).toBe(body)
})
