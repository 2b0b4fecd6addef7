import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import type { Block } from '../../core/message.ts'
import { inputTokens, outputTokens, type Usage } from '../../core/usage.ts'
import { openaiChat } from './index.ts'

/** Answers that real hosts of this dialect gave. They lie beside the repository, where it has them. */
const place = '../../../../shared/data/wire/'
const folder = new URL(place, import.meta.url)
const hosts = ['openai/chat', 'groq', 'mistral', 'deepseek/chat', 'openai-compatible/chat', 'xai']
const context = { target: 'lab/model', quirks: {} }

const files = existsSync(folder)
  ? hosts
      .flatMap((host) =>
        existsSync(new URL(host, folder)) ? readdirSync(new URL(host, folder)).map((file) => `${host}/${file}`) : [],
      )
      .filter((file) => /\.(json|chunks\.txt)$/.test(file) && !/transcription|error/.test(file))
  : []
const textOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8')

interface Read {
  readonly content?: readonly Block[]
  readonly usage: Usage | null
  readonly ending: object
}

function readStream(file: string): Read {
  const stream = openaiChat.decodeStream(context)
  const collector = collect()
  for (const data of textOf(file).split('\n')) {
    for (const delta of stream.push({ event: 'message', data, raw: new Uint8Array() })) collector.add(delta)
  }
  return { ...stream.finish(), content: collector.content() }
}
const readReply = (file: string) => openaiChat.decodeReply(JSON.parse(textOf(file)), context)
const read = (file: string) => {
  const { content = [], ...rest }: Read = file.endsWith('.json') ? readReply(file) : readStream(file)
  return { content, ...rest }
}

describe.skipIf(files.length === 0)('recorded answers (skipped where ../shared/data/wire is absent)', () => {
  it.each(files)('%s is read whole', (file) => {
    const { content, usage, ending } = read(file)
    expect(ending).toMatchObject({ type: 'completed' })
    expect(content.length).toBeGreaterThan(0)
    for (const block of content) if (block.type === 'tool-call') JSON.parse(block.input)
    const raw = usage?.raw as { prompt_tokens: number; total_tokens: number }
    expect(inputTokens(usage!)).toBe(raw.prompt_tokens)
    expect(inputTokens(usage!) + outputTokens(usage!)).toBe(raw.total_tokens)
  })

  it.runIf(files.includes('mistral/mistral-reasoning.json'))('reasoning in parts is told from the answer', () => {
    const { content } = read('mistral/mistral-reasoning.json')
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'text'])
  })

  it.runIf(files.includes('groq/groq-reasoning.chunks.txt'))('reasoning is told from the answer', () => {
    const { content, usage } = read('groq/groq-reasoning.chunks.txt')
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'text'])
    expect(usage?.outputReasoning).toBe(963)
  })
})
