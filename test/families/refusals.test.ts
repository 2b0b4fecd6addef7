import { describe, expect, it } from 'vitest'
import { clientDialects } from '../../src/core/dialect.ts'
import { streamAs } from './streams.ts'
import { answerAs, type Json } from './translate.ts'

const words = 'I will not.'
/** A model that declines in words of its own, as its dialect says it. Gemini has no word for it. */
const declined = {
  'openai-chat': {
    id: 'c',
    choices: [{ index: 0, message: { role: 'assistant', content: null, refusal: words }, finish_reason: 'stop' }],
  },
  'openai-responses': {
    id: 'resp_1',
    status: 'completed',
    output: [{ type: 'message', id: 'm', role: 'assistant', content: [{ type: 'refusal', refusal: words }] }],
  },
  'anthropic-messages': {
    id: 'm',
    type: 'message',
    content: [],
    stop_reason: 'refusal',
    stop_details: { type: 'refusal', category: 'cyber', explanation: words },
  },
} as const

/** Where a client of each dialect finds that it was declined, and the words. */
const heard: Readonly<Record<(typeof clientDialects)[number], (sent: Json) => unknown>> = {
  'openai-chat': ({ choices: [choice] }) => choice.message.refusal,
  'openai-responses': ({ output }) => output[0].content[0].refusal,
  'anthropic-messages': ({ stop_reason, stop_details }) => stop_reason === 'refusal' && stop_details.explanation,
  gemini: ({ candidates: [candidate] }) => candidate.finishReason === 'SAFETY' && candidate.finishMessage,
}

/** Only OpenAI's dialects have a refusal among their content; only Anthropic's has a category beside its words. */
function lost(from: keyof typeof declined, to: keyof typeof heard): readonly string[] {
  if (from === 'anthropic-messages') return ['stop_details;dropped']
  return to.startsWith('openai') ? [] : ['content[0];approximated']
}

const cases = Object.entries(declined).flatMap(([from, body]) =>
  clientDialects.filter((to) => to !== from).map((to) => [from as keyof typeof declined, to, body] as const),
)

describe('a refusal', () => {
  it.each(cases)('of %s stays one for %s, with its words', (from, to, body) => {
    const { sent, losses } = answerAs(to, from, body)
    expect(heard[to](sent)).toBe(words)
    expect(losses).toEqual(lost(from, to))
  })

  it.each(clientDialects.filter((to) => to !== 'openai-chat'))(
    'that Chat Completions streams in pieces stays one for %s',
    (to) => {
      const chunk = (delta: Json, finish_reason: string | null = null) => ({
        id: 'c',
        choices: [{ index: 0, delta, finish_reason }],
      })
      const events = [chunk({ refusal: 'I will' }), chunk({ refusal: ' not.' }), chunk({}, 'stop'), '[DONE]']
      const { got, losses, reply } = streamAs(to, 'openai-chat', events)
      expect(reply?.ending).toEqual({ type: 'refused', by: 'model' })
      const last = to === 'anthropic-messages' ? got.at(-2).delta : (got.at(-1).response ?? got.at(-1))
      expect(heard[to](last)).toBe(words)
      expect(losses).toEqual(lost('openai-chat', to))
    },
  )
})
