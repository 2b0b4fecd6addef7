import { describe, expect, it } from 'vitest'
import type { ClientDialect } from '../../src/core/dialect.ts'
import { pairs, type Said, streamAs, streams } from './streams.ts'
import type { Json } from './translate.ts'

const a = ['call_a', '{"x":', '1}'] as const
const b = ['call_b', '{"y":2}'] as const
/** What is said. */
const answers: readonly (readonly [string, readonly Said[]])[] = [
  ['words alone', ['One.']],
  ['one call alone', [a]],
  ['calls alone', [a, b]],
  ['words before calls', ['One.', a, b]],
  ['words between calls', [a, 'Two.', b]],
  ['words after a call', ['One.', a, 'Three.']],
]

const ends: Readonly<Record<ClientDialect, (hasCalls: boolean) => Json>> = {
  'openai-chat': (hasCalls) => ({ finish_reason: hasCalls ? 'tool_calls' : 'stop' }),
  'openai-responses': () => ({}),
  'anthropic-messages': (hasCalls) => ({ stop_reason: hasCalls ? 'tool_use' : 'end_turn' }),
  gemini: () => ({ finishReason: 'STOP' }),
}

/** The blocks that a client puts together of a stream; their numbers have no gap, and each is begun and ended once. */
const blocksOf: Readonly<Record<ClientDialect, (got: readonly Json[]) => string[]>> = {
  'openai-chat': (got) => {
    const blocks: string[] = []
    let next = 0
    for (const { content, tool_calls = [] } of got.flatMap(({ choices }) => choices.map((one: Json) => one.delta))) {
      if (content) blocks.push(content)
      for (const { index, id, function: said } of tool_calls) {
        if (id) expect(index).toBe(next++)
        else expect(index).toBeLessThan(next)
        if (id) blocks.push(`${id} ${said.arguments}`)
        else blocks[blocks.findLastIndex((one) => one.startsWith('call_'))] += said.arguments
      }
    }
    return blocks
  },
  'openai-responses': (got) => {
    const written: string[] = []
    // A call of Chat Completions may go on until its message ends: its item stays open beside the next ones.
    const open = new Set<number>()
    for (const [at, event] of got.entries()) {
      expect(event.sequence_number).toBe(at)
      if (event.type === 'response.output_item.added') {
        expect(event.output_index).toBe(written.length)
        open.add(event.output_index)
        written.push(event.item.call_id ? `${event.item.call_id} ` : '')
      } else if (event.output_index !== undefined) expect(open.has(event.output_index)).toBe(true)
      if (/(?:text|arguments)\.delta$/.test(event.type)) written[event.output_index] += event.delta
      if (event.type === 'response.output_item.done') open.delete(event.output_index)
    }
    expect(open.size).toBe(0)
    const { output } = got.at(-1).response
    const whole = output.map((item: Json) =>
      item.type === 'message' ? item.content[0].text : `${item.call_id} ${item.arguments}`,
    )
    expect(whole).toEqual(written)
    return written
  },
  'anthropic-messages': (got) => {
    const blocks: string[] = []
    let open: number | undefined
    for (const { type, index, content_block, delta } of got) {
      if (type === 'content_block_start') {
        expect([open, index]).toEqual([undefined, blocks.length])
        open = index
        blocks.push(content_block.id ? `${content_block.id} ` : '')
      }
      if (/^content_block_(?:delta|stop)$/.test(type)) expect(index).toBe(open)
      if (type === 'content_block_delta') blocks[index] += delta.text ?? delta.partial_json
      if (type === 'content_block_stop') open = undefined
      if (type === 'message_delta') expect(open).toBeUndefined()
    }
    expect([got[0].type, got.at(-1).type]).toEqual(['message_start', 'message_stop'])
    return blocks
  },
  gemini: (got) => {
    const parts = got.flatMap(({ candidates }) => candidates[0].content.parts)
    return parts
      .filter(({ text }) => text !== '')
      .map(({ text, functionCall }) => text ?? `${functionCall.id} ${JSON.stringify(functionCall.args)}`)
  },
}

/** Gemini has calls whole, and a call of Chat Completions is whole when its message ends. */
const wordsFirst = (said: readonly Said[]) => [
  ...said.filter((one) => typeof one === 'string'),
  ...said.filter((one) => typeof one !== 'string'),
]
const spelt = (said: readonly Said[]) =>
  said.map((one) => (typeof one === 'string' ? one : `${one[0]} ${one.slice(1).join('')}`))

describe.each(pairs)('a stream of %s for a client of %s', (from, to) => {
  it.each(answers)('has %s as blocks in their order', (_, said) => {
    const hasCalls = said.some((one) => typeof one !== 'string')
    const { got, losses, reply } = streamAs(to, from, streams[from](said, ends[from](hasCalls)))
    expect(reply?.ending).toEqual({ type: 'completed', by: hasCalls ? 'tool-calls' : 'end' })
    const isSplit = from === 'openai-chat' && to === 'gemini'
    expect(blocksOf[to](got)).toEqual(spelt(isSplit ? wordsFirst(said) : said))
    const late = said.findIndex(
      (one, at) => typeof one === 'string' && said.slice(0, at).some((before) => typeof before !== 'string'),
    )
    expect(losses).toEqual(to === 'openai-chat' && late !== -1 ? [`content[${late}];approximated`] : [])
  })
})
