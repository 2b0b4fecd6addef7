import { parsePartialJson } from 'ai'
import { JsonReader } from '../../src/structured/json-reader.ts'
import { cpuUs } from './cpu.ts'
import { serve } from './serve.ts'

/** What a reader of growing JSON is asked. */
export type JsonCommands = {
  /** Megabytes that it reads in a second of CPU: a document of about `length` characters, `times` over, in chunks of `size`. */
  ours(length: number, size: number, times: number): number
  theirs(length: number, size: number, times: number): Promise<number>
}

serve({
  ours(length, size, times) {
    const chunks = chunksOf(documentOf(length), size)
    return perSecond(
      length,
      times,
      cpuOf(() => {
        for (let time = 0; time < times; time++) {
          const reader = new JsonReader()
          let changes = 0
          for (const chunk of chunks) {
            reader.push(chunk)
            if (reader.version !== changes) changes = reader.version
          }
          reader.end()
          check(reader.value)
        }
      }),
    )
  },
  async theirs(length, size, times) {
    const chunks = chunksOf(documentOf(length), size)
    const before = cpuUs()
    for (let time = 0; time < times; time++) {
      let text = ''
      let value: unknown
      for (const chunk of chunks) {
        text += chunk
        value = (await parsePartialJson(text)).value
      }
      check(value)
    }
    return perSecond(length, times, cpuUs() - before)
  },
} satisfies JsonCommands)

function cpuOf(work: () => void): number {
  const before = cpuUs()
  work()
  return cpuUs() - before
}

/** Bytes a microsecond are megabytes a second. */
const perSecond = (length: number, times: number, us: number): number => (documentOf(length).length * times) / us

const item = (index: number) => ({
  id: index,
  category: ['billing', 'delivery', 'account', 'other'][index % 4],
  summary: `The customer writes that order ${index * 7919} has not "arrived", and asks for a refund.\nSecond line.`,
  amount: index * 1.25,
  escalate: index % 3 === 0,
  tags: ['late', 'refund', null],
})

const documents = new Map<number, string>()

/** An answer as extraction asks for it: a list of records, with texts of a sentence or two. */
function documentOf(length: number): string {
  const known = documents.get(length)
  if (known !== undefined) return known
  const items = []
  for (let written = 0; written < length; ) {
    const next = item(items.length)
    items.push(next)
    written += JSON.stringify(next).length + 1
  }
  const text = JSON.stringify({ items })
  documents.set(length, text)
  return text
}

function chunksOf(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  )
}

function check(value: unknown): void {
  if (!(value as { items?: unknown[] }).items?.length) throw new Error('The document was not read.')
}
