import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect } from '../../src/core/collect.ts'
import type { ClientDialect } from '../../src/core/dialect.ts'
import { isJsonObject, type JsonObject } from '../../src/core/json.ts'
import type { Block } from '../../src/core/message.ts'
import { deltasOf } from '../../src/core/replay.ts'
import { codecs } from '../../src/wire/codecs.ts'
import { answerAs, type Json, replyOf } from './translate.ts'

interface Page {
  readonly url: string
  readonly title: string
  readonly start: number
  readonly end: number
}

type Speaks = 'openai-chat' | 'openai-responses' | 'gemini'

const said = 'Tea 🍵 is brewed. Où? In Kyōto.'
const first = { url: 'https://a.example/tea', title: 'Tea', start: 0, end: 17 }
const second = { url: 'https://b.example/kyoto', title: 'Kyōto', start: 22, end: 31 }
const flat = ({ url, title, start, end }: Page) => ({ url, title, start_index: start, end_index: end })
const bytes = (text: string) => Buffer.byteLength(text)

/** An answer that cites pages, as each dialect says it. */
const answers: Readonly<Record<ClientDialect, (text: string, pages: readonly Page[]) => Json>> = {
  'openai-chat': (text, pages) => {
    const annotations = pages.map((page) => ({ type: 'url_citation', url_citation: flat(page) }))
    const message = { role: 'assistant', content: text, annotations }
    return { id: 'chatcmpl-1', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] }
  },
  'openai-responses': (text, pages) => {
    const annotations = pages.map((page) => ({ type: 'url_citation', ...flat(page) }))
    const content = [{ type: 'output_text', text, annotations }]
    const output = [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }]
    return { id: 'resp_1', model: 'm', status: 'completed', output }
  },
  'anthropic-messages': (text, pages) => {
    const citations = pages.map(({ url, title }) => ({
      type: 'web_search_result_location',
      url,
      title,
      cited_text: 'Quoted.',
      encrypted_index: 'b3BhcXVl',
    }))
    return { id: 'msg_1', model: 'm', content: [{ type: 'text', text, citations }], stop_reason: 'end_turn' }
  },
  gemini: (text, pages) => {
    const groundingMetadata = {
      groundingChunks: pages.map(({ url, title }) => ({ web: { uri: url, title } })),
      groundingSupports: pages.map(({ start, end }, number) => ({
        segment: {
          startIndex: bytes(text.slice(0, start)),
          endIndex: bytes(text.slice(0, end)),
          text: text.slice(start, end),
        },
        groundingChunkIndices: [number],
      })),
    }
    const candidate = { content: { parts: [{ text }], role: 'model' }, finishReason: 'STOP', groundingMetadata }
    return { responseId: 'g', modelVersion: 'm', candidates: [candidate] }
  },
}

/** The pages that an answer of a dialect cites. */
function pagesIn(dialect: Speaks, body: Json): Page[] {
  if (dialect === 'gemini') {
    const { groundingMetadata, content } = body.candidates[0]
    const { groundingChunks, groundingSupports } = groundingMetadata
    return groundingSupports.flatMap(({ segment, groundingChunkIndices }: Json) =>
      groundingChunkIndices.map((number: number) => {
        const whole = Buffer.from(content.parts[segment.partIndex ?? 0].text)
        const start = whole.subarray(0, segment.startIndex ?? 0).toString().length
        const end = whole.subarray(0, segment.endIndex).toString().length
        return { url: groundingChunks[number].web.uri, title: groundingChunks[number].web.title, start, end }
      }),
    )
  }
  const list =
    dialect === 'openai-chat'
      ? body.choices[0].message.annotations.map(({ url_citation }: Json) => url_citation)
      : body.output[0].content[0].annotations
  return list.map(({ url, title, start_index: start, end_index: end }: Json) => ({ url, title, start, end }))
}

const speaks: readonly Speaks[] = ['openai-chat', 'openai-responses', 'gemini']
const pairs = speaks.flatMap((from) => speaks.map((to) => [from, to] as const))

describe('the pages of the web that an answer cites', () => {
  it.each(pairs)('come from %s to a client of %s, each at its place, and nothing is named', (from, to) => {
    const { sent, losses } = answerAs(to, from, answers[from](said, [first, second]))
    expect(pagesIn(to, sent)).toEqual([first, second])
    expect(losses).toEqual([])
  })

  it.each(pairs)('come from %s to %s whatever the words', (from, to) => {
    const page = fc.record({ url: fc.webUrl(), title: fc.string({ minLength: 1 }) })
    const words = fc.string({ unit: 'grapheme', minLength: 1 })
    fc.assert(
      fc.property(
        words,
        fc.uniqueArray(page, { minLength: 1, maxLength: 5, selector: ({ url }) => url }),
        (text, all) => {
          const pages = all.map((one) => ({ ...one, start: 0, end: text.length }))
          expect(pagesIn(to, answerAs(to, from, answers[from](text, pages)).sent)).toEqual(pages)
        },
      ),
      { numRuns: 50 },
    )
  })

  it.each(speaks)('come from Anthropic to %s for the text that cites them; its quote and its index are named', (to) => {
    const { sent, losses } = answerAs(to, 'anthropic-messages', answers['anthropic-messages'](said, [first, second]))
    const whole = { start: 0, end: said.length }
    expect(pagesIn(to, sent)).toEqual([
      { ...first, ...whole },
      { ...second, ...whole },
    ])
    expect(losses).toEqual(['content[0].citations.cited_text;dropped', 'content[0].citations.encrypted_index;dropped'])
  })

  it('are a loss for Anthropic’s clients, whose citations hold what only Anthropic can write', () => {
    const lost = speaks.map((from) => answerAs('anthropic-messages', from, answers[from](said, [first])).losses)
    expect(lost).toEqual([
      ['content[0].annotations;dropped'],
      ['content[0].annotations;dropped'],
      ['content[0].groundingMetadata;dropped'],
    ])
  })

  it('are told of the whole text where their place is not known, which is named', () => {
    const body = answers.gemini(said, [first])
    body.candidates[0].groundingMetadata.groundingSupports = []
    const { sent, losses } = answerAs('openai-chat', 'gemini', body)
    expect(pagesIn('openai-chat', sent)).toEqual([{ ...first, end: said.length }])
    expect(losses).toEqual(['content[0].groundingMetadata;approximated'])
  })

  it('leave what else stands beside them to be named', () => {
    const body = answers.gemini(said, [first])
    body.candidates[0].groundingMetadata.webSearchQueries = ['tea']
    body.candidates[0].groundingMetadata.groundingSupports[0].confidenceScores = [0.9]
    expect(answerAs('openai-responses', 'gemini', body).losses.toSorted()).toEqual([
      'content[0].groundingMetadata.groundingSupports.confidenceScores;dropped',
      'content[0].groundingMetadata.webSearchQueries;dropped',
    ])
    const filed = answers['openai-responses'](said, [first])
    filed.output[0].content[0].annotations.push({ type: 'file_citation', file_id: 'f', index: 1, filename: 'a' })
    const { sent, losses } = answerAs('openai-chat', 'openai-responses', filed)
    expect(pagesIn('openai-chat', sent)).toEqual([first])
    expect(losses).toEqual(['content[0].annotations;dropped'])
  })

  it('are counted in all the words of a Chat answer, and in the part of a Gemini answer', () => {
    const one = answers['anthropic-messages']('One. ', [])
    one.content.push({ type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} })
    one.content.push(answers['anthropic-messages']('Two.', [first]).content[0])
    const chat = answerAs('openai-chat', 'anthropic-messages', one).sent
    expect(pagesIn('openai-chat', chat)).toEqual([{ ...first, start: 5, end: 9 }])
    const gemini = answerAs('gemini', 'anthropic-messages', one).sent
    expect(gemini.candidates[0].groundingMetadata.groundingSupports).toEqual([
      { segment: { partIndex: 1, endIndex: 4, text: 'Two.' }, groundingChunkIndices: [0] },
    ])
  })

  it.each(pairs.filter(([from, to]) => from !== to))(
    'come from %s to %s in a stream as in a whole answer',
    (from, to) => {
      for (const late of [true, false]) {
        const { sent, losses } = streamed(to, replyOf(decoded(from)).content, late)
        expect([late, sent, losses]).toEqual([late, [first, second], []])
      }
    },
  )

  it('stand in every place where a Responses stream tells of its text', () => {
    const frames = framesOf('openai-responses', replyOf(decoded('gemini')).content, true).frames
    const told = frames.flatMap(({ type, part, item, annotation }): Json[] => {
      if (type === 'response.output_text.annotation.added') return [annotation]
      if (type === 'response.content_part.done') return (part as Json).annotations
      if (type === 'response.output_item.done') return (item as Json).content[0].annotations
      return []
    })
    const both = [first, second].map((page) => ({ type: 'url_citation', ...flat(page) }))
    expect(told).toEqual([...both, ...both, ...both])
  })
})

const context = { target: 'lab/m', quirks: {} }

function decoded(from: Speaks) {
  return codecs[from].decodeReply(answers[from](said, [first, second]), context)
}

/** The frames of an answer; `late`: what a dialect says beside its text comes after it, as providers send it, and not at its start. */
function framesOf(to: Speaks, content: readonly Block[], late: boolean) {
  const encoder = codecs[to].encodeStream({ callId: 'call_01', model: 'm', created: 0, includeUsage: true })
  let written = ''
  for (const delta of deltasOf(content)) {
    if (!('index' in delta)) continue
    const { extras } = content[delta.index] ?? {}
    if (delta.type === 'block-start' && late) {
      const { extras: _, ...block } = delta.block
      written += encoder.push({ ...delta, block })
      continue
    }
    for (const [key, values] of delta.type === 'block-end' && late && extras ? Object.entries(extras.fields) : []) {
      for (const value of Array.isArray(values) ? values : []) {
        written += encoder.push({ type: 'extra-delta', index: delta.index, dialect: extras!.dialect, key, value })
      }
    }
    written += encoder.push(delta)
  }
  written += encoder.end(replyOf({ ...decoded('openai-chat'), content }))
  const data = [...written.matchAll(/^data: (\{.*\})$/gm)].map(([, json]) => JSON.parse(json!) as unknown)
  return { frames: data.filter((one): one is JsonObject => isJsonObject(one as Json)), written, losses: encoder.losses }
}

/** The pages that a client of `to` reads out of a stream. */
function streamed(to: Speaks, content: readonly Block[], late: boolean) {
  const { frames, losses } = framesOf(to, content, late)
  const decoder = codecs[to].decodeStream(context)
  const collected = collect()
  for (const frame of frames) {
    for (const delta of decoder.push({
      event: typeof frame.type === 'string' ? frame.type : 'message',
      data: JSON.stringify(frame),
      raw: new Uint8Array(),
    })) {
      collected.add(delta)
    }
  }
  const whole = replyOf({ ...decoder.finish(), content: collected.content() })
  const { body } = codecs[to].encodeReply(whole, { callId: 'call_01', model: 'm', created: 0, includeUsage: true })
  return { sent: pagesIn(to, body), losses: losses.map(({ path, effect }) => `${path};${effect}`) }
}
