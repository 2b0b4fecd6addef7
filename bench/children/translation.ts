import type { ClientDialect } from '../../src/core/dialect.ts'
import type { ModelRequest } from '../../src/core/request.ts'
import { codecs } from '../../src/wire/codecs.ts'
import { cpuUs } from './cpu.ts'
import { serve } from './serve.ts'

/** What a translator is asked: microseconds of CPU for one prompt. */
export type TranslationCommands = {
  /** `JSON.parse` and `JSON.stringify`, the dialects in turn. */
  parse(times: number): number
  /** The mean over every ordered pair of dialects, each `times` over. */
  translate(times: number): number
  /** The pair that takes longest for its size. */
  costliest(times: number): number
}

const turns = 160

/** Grown to the size of an agent's conversation: 400 KB in every dialect. */
const conversation: ModelRequest = {
  messages: [
    { role: 'system', content: [{ type: 'text', text: 'You repair the build of a large repository. '.repeat(40) }] },
    { role: 'user', content: [{ type: 'text', text: 'The build is red. Find out why.' }] },
    ...Array.from({ length: turns / 2 }, (_, turn) => [
      {
        role: 'assistant' as const,
        content: [
          { type: 'text' as const, text: `I look at the next file. `.repeat(8) },
          {
            type: 'tool-call' as const,
            id: `call_${turn}`,
            name: 'read_file',
            input: JSON.stringify({ path: `src/room-${turn}/file.ts`, from: turn * 10, to: turn * 10 + 80 }),
          },
        ],
      },
      {
        role: 'user' as const,
        content: [
          {
            type: 'tool-result' as const,
            callId: `call_${turn}`,
            content: [
              { type: 'text' as const, text: `export const line${turn} = "a \\"quoted\\" word"\n`.repeat(105) },
            ],
            isError: false,
          },
        ],
      },
    ]).flat(),
    { role: 'user', content: [{ type: 'text', text: 'Which of them breaks the build?' }] },
  ],
  tools: Array.from({ length: 20 }, (_, index) => ({
    name: `tool_${index}`,
    description: 'Reads a part of a file of the repository. '.repeat(4),
    inputSchema: {
      type: 'object',
      properties: { path: { type: 'string', description: 'Where it is.' }, from: { type: 'integer' } },
      required: ['path'],
      additionalProperties: false,
    },
  })),
  maxOutputTokens: 4000,
  stream: false,
}

const dialects = Object.keys(codecs) as ClientDialect[]
const bodies = new Map(
  dialects.map((dialect) => {
    const body = { model: 'm', ...codecs[dialect].encodeRequest(conversation, 'm', {}).body }
    return [dialect, JSON.stringify(body)] as const
  }),
)

function translate(from: ClientDialect, to: ClientDialect): number {
  const request = codecs[from].decodeRequest(JSON.parse(bodies.get(from) ?? ''))
  return JSON.stringify(codecs[to].encodeRequest(request, 'm', {}, from).body).length
}

const pairs = dialects.flatMap((from) => dialects.filter((to) => to !== from).map((to) => [from, to] as const))

function timed(times: number, work: () => number): number {
  const before = cpuUs()
  let length = 0
  for (let time = 0; time < times; time++) length += work()
  if (length < times * 300_000) throw new Error('The prompt was not written whole.')
  return (cpuUs() - before) / times
}

serve({
  parse: (times) =>
    dialects.reduce(
      (sum, dialect) =>
        sum + timed(times / dialects.length, () => JSON.stringify(JSON.parse(bodies.get(dialect) ?? '')).length),
      0,
    ) / dialects.length,
  translate: (times) =>
    pairs.reduce((sum, [from, to]) => sum + timed(times, () => translate(from, to)), 0) / pairs.length,
  costliest: (times) => Math.max(...pairs.map(([from, to]) => timed(times, () => translate(from, to)))),
} satisfies TranslationCommands)
