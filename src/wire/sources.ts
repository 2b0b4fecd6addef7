import type { Tongue } from '../core/dialect.ts'
import { isJsonObject, type JsonValue } from '../core/json.ts'
import type { Block, TextBlock } from '../core/message.ts'
import { readGrounding } from './gemini/read-grounding.ts'
import { readAnnotation, readWebResult } from './read-citation.ts'
import type { ReadSources, Source } from './source.ts'

/** The field of a text's extras in which a dialect cites pages. */
const fields: Partial<Record<Tongue, string>> = {
  'openai-chat': 'annotations',
  'openai-responses': 'annotations',
  'anthropic-messages': 'citations',
  gemini: 'groundingMetadata',
}

/** Whether a field that a dialect says beside a text may cite pages. */
export function citesPages(dialect: Tongue, key: string): boolean {
  return fields[dialect] === key
}

/** The block without what `dialect` is told of its sources once it has ended. */
export function withoutSources(block: Block, dialect: Tongue): Block {
  const { extras } = block
  const field = extras && fields[extras.dialect]
  if (block.type !== 'text' || !extras || !field || extras.dialect === dialect) return block
  const { [field]: _, ...left } = extras.fields
  return { ...block, extras: { ...extras, fields: left } }
}

/** A source of an answer, and the block that cites it. */
export interface Cited {
  readonly index: number
  /** Where the block's text begins among the answer's texts. */
  readonly before: number
  readonly text: string
  /** The field in which it was said. */
  readonly field: string
  readonly source: Source
}

/** Blocks or a block without the sources that were taken out: what is left in the extras no other dialect has a word for. */
interface Taken<Rest> {
  readonly rest: Rest
  readonly cited: readonly Cited[]
}

/** All that an answer cites in the words of other dialects than `dialect`. */
export function takeSources(content: readonly Block[], dialect: Tongue): Taken<readonly Block[]> {
  const cited: Cited[] = []
  let before = 0
  const rest = content.map((block, index) => {
    if (block.type !== 'text') return block
    const taken = takeBlockSources(block, { index, before }, dialect)
    cited.push(...taken.cited)
    before += block.text.length
    return taken.rest
  })
  return { rest, cited }
}

/** The same of one block. */
export function takeBlockSources(
  block: TextBlock,
  at: Pick<Cited, 'index' | 'before'>,
  dialect: Tongue,
): Taken<TextBlock> {
  const { extras, text } = block
  const field = extras && fields[extras.dialect]
  const said = field && extras.fields[field]
  if (!field || !Array.isArray(said) || extras.dialect === dialect || text === '') return { rest: block, cited: [] }
  const read = readField(extras.dialect, said, text, at.before)
  if (read.sources.length === 0) return { rest: block, cited: [] }
  const { [field]: _, ...others } = extras.fields
  const left = Object.fromEntries(Object.entries(read.left).map(([key, value]) => [field + key, value]))
  return {
    rest: { ...block, extras: { ...extras, fields: { ...others, ...left } } },
    cited: read.sources.map((source) => ({ ...at, text, field, source })),
  }
}

function readField(dialect: Tongue, said: readonly JsonValue[], text: string, before: number): ReadSources {
  if (dialect === 'gemini') {
    const last = said.at(-1)
    return isJsonObject(last) ? readGrounding(last, text) : { sources: [], left: {} }
  }
  // Places in Chat's answers are those of all its words.
  const offset = dialect === 'openai-chat' ? before : 0
  const sources: Source[] = []
  const others: JsonValue[] = []
  const left: Record<string, JsonValue> = {}
  for (const value of said) {
    const read = dialect === 'anthropic-messages' ? readWebResult(value, text) : readAnnotation(value, text, offset)
    if (read) sources.push(read.source)
    else others.push(value)
    Object.assign(left, read?.left)
  }
  return { sources, left: others.length > 0 ? { ...left, '': others } : left }
}
