import { describe, expect, it } from 'vitest'
import { clientDialects } from '../../src/core/dialect.ts'
import { asks, refusedField, translate } from './translate.ts'

const pairs = clientDialects.flatMap((from) =>
  clientDialects.filter((to) => to !== from).map((to) => [from, to] as const),
)

it.each(pairs)('a plain request of %s loses nothing on its way to %s, and is the same bytes each time', (from, to) => {
  const write = () => translate({ from, to }, asks[from]())
  expect(write().losses).toEqual([])
  expect(JSON.stringify(write())).toBe(JSON.stringify(write()))
})

describe('stop sequences', () => {
  const six = ['a', 'b', 'c', 'd', 'e', 'f']
  it.each([
    ['openai-chat', 'stop', ['stop_sequences[4];dropped', 'stop_sequences[5];dropped'], 4],
    ['openai-responses', 'stop', ['stop_sequences;dropped'], undefined],
    ['gemini', 'stopSequences', ['stop_sequences[5];dropped'], 5],
  ] as const)('beyond what %s takes are named', (to, field, lost, count) => {
    const { sent, losses } = translate(
      { from: 'anthropic-messages', to },
      asks['anthropic-messages']({ stop_sequences: six }),
    )
    expect((sent.generationConfig ?? sent)[field]?.length).toBe(count)
    expect(losses).toEqual(lost)
  })
})

it('a temperature and a top_p: Anthropic gets the one that says something, or the first and a named loss', () => {
  const sampled = (fields: object) => {
    const { sent, losses } = translate(
      { from: 'openai-chat', to: 'anthropic-messages', model: 'claude-opus-5-5' },
      asks['openai-chat'](fields),
    )
    return [sent.temperature, sent.top_p, losses]
  }
  expect(sampled({ temperature: 0.5, top_p: 1 })).toEqual([0.5, undefined, []])
  expect(sampled({ temperature: 1, top_p: 0.5 })).toEqual([undefined, 0.5, []])
  expect(sampled({ temperature: 0.5, top_p: 0.5 })).toEqual([0.5, undefined, ['top_p;dropped']])
})

it('the user is told apart by whatever name: a long one by its hash, a safety identifier as the user', () => {
  const long = translate(
    { from: 'anthropic-messages', to: 'openai-chat' },
    asks['anthropic-messages']({ metadata: { user_id: 'u'.repeat(100) } }),
  )
  expect(long.sent.user).toMatch(/^[0-9a-f]{64}$/)
  expect(long.losses).toEqual(['metadata.user_id;approximated'])
  const safe = translate(
    { from: 'openai-responses', to: 'anthropic-messages' },
    asks['openai-responses']({ safety_identifier: 'u-1' }),
  )
  expect(safe).toMatchObject({ sent: { metadata: { user_id: 'u-1' } }, losses: [] })
})

it('what both of OpenAI’s dialects say goes between them', () => {
  const fields = { service_tier: 'flex', safety_identifier: 'u-1', metadata: { a: 'b' } }
  const there = translate(
    { from: 'openai-chat', to: 'openai-responses' },
    asks['openai-chat']({ ...fields, verbosity: 'low' }),
  )
  expect(there).toMatchObject({ sent: { ...fields, text: { verbosity: 'low' } }, losses: [] })
  const quirks = { maxTokensField: 'max_completion_tokens' } as const
  const back = translate(
    { from: 'openai-responses', to: 'openai-chat', quirks },
    asks['openai-responses']({ ...fields, text: { verbosity: 'low' } }),
  )
  expect(back).toMatchObject({ sent: { ...fields, verbosity: 'low' }, losses: [] })
})

it.each(pairs.filter(([from]) => from === 'openai-chat' || from === 'gemini'))(
  '%s is refused by name where it asks %s for several answers',
  (from, to) => {
    const [fields, name] =
      from === 'gemini'
        ? [{ generationConfig: { candidateCount: 2 } }, 'generationConfig.candidateCount']
        : [{ n: 2 }, 'n']
    expect(refusedField({ from, to }, asks[from](fields))).toBe(name)
  },
)
