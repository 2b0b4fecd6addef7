import { posix } from 'node:path'
import { docComments } from './doc-comments.ts'

/** A piece of TypeScript that a document or a doc comment shows. */
export interface DocExample {
  readonly file: string
  /** The line of `file` on which the code begins. */
  readonly line: number
  readonly code: string
  /** Whether it is run, or only type-checked. */
  readonly runs: boolean
}

/** The examples of a page: blocks fenced as `ts`, which run where the fence says `ts run`. */
export function examplesOfPage(file: string, text: string): DocExample[] {
  return fencedBlocks(text).map(({ line, flags, code }) => ({ file, line, code, runs: flags.includes('run') }))
}

/**
 * The examples of a source: blocks fenced as `ts` below `@example`, which run unless the fence says `ts no-run`. Without a
 * fence, all that stands below is code that runs.
 */
export function examplesOfSource(file: string, source: string): DocExample[] {
  return docComments(source).flatMap(({ text, line: start }) => {
    const at = /^@example\b.*$/m.exec(text)
    if (!at) return []
    const below = text.slice(at.index + at[0].length)
    const before = text.slice(0, at.index).split('\n').length - 1
    const blocks = below.includes('```') ? fencedBlocks(below) : [{ line: 1, flags: [], code: below }]
    return blocks.map(({ line, flags, code }) => ({
      file,
      line: start + before + line - 1,
      code: fromRoot(file, code),
      runs: !flags.includes('no-run'),
    }))
  })
}

interface Block {
  readonly line: number
  readonly flags: readonly string[]
  readonly code: string
}

function fencedBlocks(text: string): Block[] {
  return [...text.matchAll(/^(?<indent> *)```ts(?<flags>(?: [\w-]+)*)\n(?<code>[\s\S]*?)^ *```/gm)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length + 1,
    flags: match.groups!.flags!.trim().split(' '),
    code: match.groups!.code!,
  }))
}

/** What is not public is imported by its place: `./sse.ts` beside the source, as the reader of that file would write it. */
function fromRoot(file: string, code: string): string {
  return code.replaceAll(/(from |import\()'(\.{1,2}\/[^']+)'/g, (_, before, path) => {
    return `${before}'../../${posix.join(posix.dirname(file), path)}'`
  })
}
