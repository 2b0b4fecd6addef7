import { describe, expect, it } from 'vitest'
import type { ClientDialect } from '../../src/core/dialect.ts'
import { pairs, streamAs, streams, wholes } from './streams.ts'
import { answerAs, type Json } from './translate.ts'

/** One and the same usage, as each dialect counts it: 40 tokens read anew, 60 from the cache, 9 written, 4 of them thoughts. */
const told: Readonly<Record<ClientDialect, Json>> = {
  'openai-chat': {
    finish_reason: 'stop',
    usage: {
      prompt_tokens: 100,
      completion_tokens: 9,
      total_tokens: 109,
      prompt_tokens_details: { cached_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 4 },
    },
  },
  'openai-responses': {
    usage: {
      input_tokens: 100,
      output_tokens: 9,
      total_tokens: 109,
      input_tokens_details: { cached_tokens: 60 },
      output_tokens_details: { reasoning_tokens: 4 },
    },
  },
  'anthropic-messages': {
    stop_reason: 'end_turn',
    begun: { input_tokens: 40, cache_read_input_tokens: 60, cache_creation_input_tokens: 0 },
    usage: { output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } },
  },
  gemini: {
    finishReason: 'STOP',
    usageMetadata: {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 4,
      totalTokenCount: 109,
    },
  },
}
const anthropicUsage = { input_tokens: 40, cache_read_input_tokens: 60, cache_creation_input_tokens: 0 }
const heard: Readonly<Record<ClientDialect, Json>> = {
  'openai-chat': told['openai-chat'].usage,
  'openai-responses': told['openai-responses'].usage,
  'anthropic-messages': { ...anthropicUsage, ...told['anthropic-messages'].usage },
  gemini: told.gemini.usageMetadata,
}

/** The usages that a stream tells, but for the nothing with which Anthropic's begins. */
const usagesIn = (got: readonly Json[]) =>
  got.map(({ usage, usageMetadata, response }) => usage ?? usageMetadata ?? response?.usage).filter(Boolean)

describe.each(pairs)('the usage of %s', (from, to) => {
  it(`is told to ${to} as it counts, whole and once in a stream`, () => {
    const whole = answerAs(to, from, wholes[from](['Hi'], told[from]))
    expect(whole.sent.usage ?? whole.sent.usageMetadata).toMatchObject(heard[to])
    const { got, losses } = streamAs(to, from, streams[from](['Hi'], told[from]))
    expect(usagesIn(got)).toMatchObject([heard[to]])
    expect([...whole.losses, ...losses]).toEqual([])
  })
})

const others = pairs.filter(([from]) => from === 'anthropic-messages').map(([, to]) => to)

describe.each(others)('for %s, the usage of Anthropic', (to) => {
  const input = (usage: Json) => usage.prompt_tokens ?? usage.input_tokens ?? usage.promptTokenCount
  const usageOf = (begun: Json, usage: Json) =>
    usagesIn(
      streamAs(
        to,
        'anthropic-messages',
        streams['anthropic-messages'](['Hi'], { stop_reason: 'end_turn', begun, usage }),
      ).got,
    )

  it('counts what it writes to the cache, of either time to live', () => {
    const cache_creation = { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 }
    const begun = { ...anthropicUsage, cache_creation_input_tokens: 7, cache_creation }
    const [usage] = usageOf(begun, { output_tokens: 9 })
    expect(input(usage)).toBe(107)
    const details = usage.prompt_tokens_details ?? usage.input_tokens_details
    if (to !== 'gemini') expect(details).toMatchObject({ cached_tokens: 60, cache_write_tokens: 7 })
  })

  it('that is repeated at the end counts once', () => {
    const [usage] = usageOf(anthropicUsage, { ...anthropicUsage, output_tokens: 9 })
    expect(input(usage)).toBe(100)
  })
})

describe.each(pairs.filter(([from]) => from === 'openai-chat').map(([, to]) => to))(
  'for %s, the usage of Chat Completions',
  (to) => {
    const { usage, finish_reason } = told['openai-chat']
    const stop = { index: 0, delta: {}, finish_reason }
    const said = { id: 'c', choices: [{ index: 0, delta: { content: 'Hi' } }] }
    it.each([
      [
        'in a last chunk without choices',
        [
          { id: 'c', choices: [stop] },
          { id: 'c', choices: [], usage },
        ],
      ],
      [
        'in a last chunk with an empty choice',
        [
          { id: 'c', choices: [stop] },
          { id: 'c', choices: [{ index: 0, delta: {} }], usage },
        ],
      ],
      ['beside the stop', [{ id: 'c', choices: [stop], usage }]],
      [
        'in every chunk as it grows',
        [
          { ...said, usage: { ...usage, completion_tokens: 1 } },
          { id: 'c', choices: [stop], usage },
        ],
      ],
    ])('may stand %s', (_, chunks) => {
      const events = [said, ...chunks, '[DONE]']
      expect(usagesIn(streamAs(to, 'openai-chat', events).got)).toMatchObject([heard[to]])
    })
  },
)
