import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect } from '../../src/core/collect.ts'
import { type ClientDialect, clientDialects } from '../../src/core/dialect.ts'
import type { Block } from '../../src/core/message.ts'
import { deltasOf } from '../../src/core/replay.ts'
import type { Reply } from '../../src/core/reply.ts'
import { inputTokens, outputTokens } from '../../src/core/usage.ts'
import { isInseamError } from '../../src/errors/index.ts'
import { codecs } from '../../src/wire/codecs.ts'
import { readSse } from '../../src/wire/sse.ts'
import { proofs, replyOf, sentBack } from './translate.ts'

/** Answers that real providers gave. They lie beside the repository, where it has them. */
const folder = join(import.meta.dirname, '../../../shared/data/wire')
const isPresent = existsSync(folder)
const places: readonly (readonly [string, ClientDialect])[] = [
  ['anthropic', 'anthropic-messages'],
  ['openai/chat', 'openai-chat'],
  ['groq', 'openai-chat'],
  ['mistral', 'openai-chat'],
  ['deepseek/chat', 'openai-chat'],
  ['openai-compatible/chat', 'openai-chat'],
  ['xai', 'openai-chat'],
  ['openai/responses', 'openai-responses'],
  ['xai/responses', 'openai-responses'],
  ['azure', 'openai-responses'],
  ['google', 'gemini'],
]
const recordings = isPresent
  ? places.flatMap(([place, dialect]) => {
      const at = join(folder, place)
      const names = existsSync(at) ? readdirSync(at) : []
      return names
        .filter((name) => /\.(?:json|chunks\.txt)$/.test(name))
        .map((name) => [`${place}/${name}`, dialect] as const)
    })
  : []
const context = { target: 'lab/m', quirks: {} }
const answer = { callId: 'call_01', model: 'm', created: 0, includeUsage: true }

/** What lies among the answers and is none, and what reading it comes to. */
const noAnswers: ReadonlyMap<string, string> = new Map([
  ['google/google-429-retry-info.json', 'rate-limited'],
  ['openai/chat/reasoning-model-legacy-parameter-error.json', 'request-rejected'],
  // Transcriptions, of another API.
  ['groq/groq-transcription-text.json', 'reply-unreadable'],
  ['mistral/mistral-transcription.json', 'reply-unreadable'],
])
const answers = recordings.filter(([name]) => !noAnswers.has(name))

function read(name: string, dialect: ClientDialect): Reply {
  const text = readFileSync(join(folder, name), 'utf8')
  if (name.endsWith('.json')) return replyOf(codecs[dialect].decodeReply(JSON.parse(text), context))
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return readStream(dialect, lines.map(framed).join(''))
}

function framed(data: string): string {
  const type = data.startsWith('{') ? (JSON.parse(data) as { type?: unknown }).type : undefined
  return `${typeof type === 'string' ? `event: ${type}\n` : ''}data: ${data}\n\n`
}

function readStream(dialect: ClientDialect, text: string): Reply {
  const decoder = codecs[dialect].decodeStream(context)
  const collector = collect()
  for (const event of readSse(context.target).push(new TextEncoder().encode(text))) {
    for (const delta of decoder.push(event)) collector.add(delta)
  }
  return replyOf({ ...decoder.finish(), content: collector.content() })
}

function streamed(dialect: ClientDialect, reply: Reply): { text: string; lost: boolean } {
  const encoder = codecs[dialect].encodeStream(answer)
  let text = ''
  for (const delta of deltasOf(reply.content)) text += encoder.push(delta)
  text += encoder.end(reply)
  return { text, lost: encoder.losses.length > 0 }
}

const words = (content: readonly Block[], type: 'text' | 'thinking') =>
  content.map((block) => (block.type === type ? block.text : '')).join('')
const calls = (content: readonly Block[]) =>
  content.flatMap((block) =>
    block.type === 'tool-call' ? [{ name: block.name, input: JSON.parse(block.input || '{}') }] : [],
  )
/** What an answer means, in words that every dialect has. */
const meaning = ({ content, usage }: Reply) => ({
  text: words(content, 'text'),
  calls: calls(content),
  tokens: [inputTokens(usage), usage.cacheRead, outputTokens(usage)],
})
const isPlain = (block: Block) => block.type === 'text' || block.type === 'tool-call'

describe.skipIf(!isPresent)('recorded answers (skipped where ../shared/data/wire is absent)', () => {
  it.each(recordings.filter(([name]) => noAnswers.has(name)))(
    '%s is no answer, and is told as what it is',
    (name, dialect) => {
      let code: string | undefined
      try {
        read(name, dialect)
      } catch (thrown) {
        if (!isInseamError(thrown)) throw thrown
        code = thrown.code
      }
      expect(code).toBe(noAnswers.get(name))
    },
  )

  it.each(answers)('%s means the same to a client of every dialect, whole and streamed', (name, dialect) => {
    const reply = read(name, dialect)
    for (const to of clientDialects) {
      const codec = codecs[to]
      const whole = codec.encodeReply(reply, answer)
      if (to !== 'openai-chat' && to !== dialect) {
        const { messages } = codec.decodeRequest(sentBack(to, whole.body))
        const returned = messages.flatMap(({ content }) => content)
        expect(proofs(returned), `${to} sends back what proves its thoughts`).toEqual(proofs(reply.content))
      }
      const back = replyOf(codec.decodeReply(JSON.parse(JSON.stringify(whole.body)), context))
      expect(meaning(back), `${to}, whole`).toEqual(meaning(reply))
      const { text, lost } = streamed(to, reply)
      expect(meaning(readStream(to, text)), `${to}, streamed`).toEqual(meaning(reply))
      expect(lost, `${to} streamed loses what it loses whole`).toBe(whole.losses.length > 0)
      if (to === dialect) {
        expect(whole.losses, to).toEqual([])
        expect(back.ending, to).toEqual(reply.ending)
      } else {
        expect(back.ending.type === reply.ending.type || whole.losses.length > 0, `${to} names another ending`).toBe(
          true,
        )
        // What is neither text nor a call stands there in another form, or not at all: either way it is named.
        const foreign = reply.content.filter((block) => !isPlain(block) && !saysNothing(block) && !isKept(block, to))
        if (foreign.length > 0) expect(whole.losses.length, `${to} names what is not carried`).toBeGreaterThan(0)
      }
    }
  })

  it.each(answers)(
    '%s goes back to every dialect the same way each time, and loses only what is named',
    (name, dialect) => {
      const reply = read(name, dialect)
      const messages = [
        { role: 'user' as const, content: [{ type: 'text' as const, text: 'Go.' }] },
        { role: 'assistant' as const, content: reply.content },
        { role: 'user' as const, content: [{ type: 'text' as const, text: 'Go on.' }] },
      ]
      const request = { messages, maxOutputTokens: 100, stream: false }
      for (const to of clientDialects) {
        const write = () => codecs[to].encodeRequest(structuredClone(request), 'm', {}, dialect)
        const { body, losses } = write()
        expect(JSON.stringify(write().body), to).toBe(JSON.stringify(body))
        const [, , said] = [undefined, ...codecs[to].decodeRequest(JSON.parse(JSON.stringify(body))).messages]
        const spoken = reply.content.filter(
          (block) => isPlain(block) && (block.type !== 'text' || block.text.trim() !== ''),
        )
        expect(calls(said?.content ?? []), to).toEqual(calls(spoken))
        const foreign = reply.content.some((block) => !isPlain(block) && !saysNothing(block))
        if (to === dialect)
          expect(
            losses.filter(({ path }) => !/signature|content\[\d+\]$|parts\[\d+\]$/.test(path)),
            to,
          ).toEqual([])
        else if (foreign) expect(losses.length, `${to} names what is not carried`).toBeGreaterThan(0)
      }
    },
  )
})

/** Thoughts go to clients of every dialect but one sealed, and come back. */
function isKept(block: Block, to: ClientDialect): boolean {
  return block.type === 'thinking' && to !== 'openai-chat'
}

function saysNothing(block: Block): boolean {
  return block.type === 'thinking' && block.text === '' && !block.signature && block.redacted === undefined
}
