import { describe, expect, it } from 'vitest'
import { type ClientDialect, clientDialects } from '../../src/core/dialect.ts'
import { type Said, streamAs, streams, wholes } from './streams.ts'
import { answerAs, type Json } from './translate.ts'

/** How a stop is told in each dialect that has a word for it. */
const told = {
  'an end': {
    'openai-chat': { finish_reason: 'stop' },
    'openai-responses': { status: 'completed' },
    'anthropic-messages': { stop_reason: 'end_turn' },
    gemini: { finishReason: 'STOP' },
  },
  calls: {
    'openai-chat': { finish_reason: 'tool_calls' },
    'openai-responses': { status: 'completed' },
    'anthropic-messages': { stop_reason: 'tool_use' },
    gemini: { finishReason: 'STOP' },
  },
  'a stop sequence': { 'anthropic-messages': { stop_reason: 'stop_sequence', stop_sequence: 'END' } },
  'the limit of tokens': {
    'openai-chat': { finish_reason: 'length' },
    'openai-responses': { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    'anthropic-messages': { stop_reason: 'max_tokens' },
    gemini: { finishReason: 'MAX_TOKENS' },
  },
  'a full context window': {
    'openai-chat': { finish_reason: 'model_length' },
    'anthropic-messages': { stop_reason: 'model_context_window_exceeded' },
  },
  'a pause': {
    'openai-responses': { status: 'incomplete', incomplete_details: { reason: 'max_messages' } },
    'anthropic-messages': { stop_reason: 'pause_turn' },
    gemini: { finishReason: 'CONTINUATION' },
  },
  'a refusal': { 'anthropic-messages': { stop_reason: 'refusal' } },
  'a filter': {
    'openai-chat': { finish_reason: 'content_filter' },
    'openai-responses': { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    gemini: { finishReason: 'RECITATION' },
  },
} satisfies Record<string, Partial<Record<ClientDialect, Json>>>
type Stop = keyof typeof told

const end = ['stop', 'completed', 'end_turn', 'STOP']
const filtered = ['content_filter', 'content_filter', 'refusal', 'SAFETY']
const cut = ['length', 'max_output_tokens', 'max_tokens', 'MAX_TOKENS']
/** What clients are told, in the order of the dialects, and what the others than Anthropic's lose. */
const heard: Readonly<Record<Stop, readonly [words: readonly string[], loss?: string]>> = {
  'an end': [end],
  calls: [['tool_calls', 'completed', 'tool_use', 'STOP']],
  'a stop sequence': [['stop', 'completed', 'stop_sequence', 'STOP'], 'stop_sequence;approximated'],
  'the limit of tokens': [cut],
  'a full context window': [
    ['length', 'max_output_tokens', 'model_context_window_exceeded', 'MAX_TOKENS'],
    'stop_reason;approximated',
  ],
  'a pause': [['stop', 'completed', 'pause_turn', 'STOP'], 'stop_reason;approximated'],
  // Responses says it by the words in its content.
  'a refusal': [['content_filter', 'completed', 'refusal', 'SAFETY']],
  'a filter': [filtered],
}
const dialects: readonly ClientDialect[] = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']

/** The word for the stop in an answer, or in the event that ends a stream of them. */
function stopIn(answer: Json): string | undefined {
  const { response = answer, delta = answer } = answer
  const choice = answer.choices?.[0] ?? answer.candidates?.[0]
  if (choice) return choice.finish_reason ?? choice.finishReason
  if (delta.stop_reason) return delta.stop_reason
  return response.incomplete_details?.reason ?? response.status
}

const cases = Object.entries(told).flatMap(([stop, words]) =>
  Object.entries(words).map(([from, ending]) => [stop as Stop, from as ClientDialect, ending] as const),
)

describe.each(cases)('%s of %s', (stop, from, ending) => {
  it.each(clientDialects.filter((to) => to !== from))('is told to %s, whole and streamed', (to) => {
    const [words, loss] = heard[stop]
    const said: readonly Said[] = stop === 'calls' ? [['call_a', '{}']] : ['Hi']
    const lost = loss !== undefined && to !== 'anthropic-messages' ? [loss] : []
    // Google says why it filtered, for which nobody else has a field.
    if (stop === 'a filter' && from === 'gemini') lost.push('stop_details;dropped')
    const whole = answerAs(to, from, wholes[from](said, ending))
    expect(stopIn(whole.sent)).toBe(words[dialects.indexOf(to)])
    expect(whole.losses).toEqual(lost)
    const { got, losses } = streamAs(to, from, streams[from](said, ending))
    const ends = got.filter(({ type = 'message_delta' }) =>
      /^(?:message_delta|response\.(?:completed|incomplete))$/.test(type),
    )
    const stops = ends.map(stopIn).filter((word) => typeof word === 'string')
    expect(stops).toEqual([words[dialects.indexOf(to)]])
    expect(losses).toEqual(lost)
  })
})
