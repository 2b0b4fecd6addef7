import type { CallEvent, SeamEvent } from '../../core/event.ts'
import { attemptRow, callRow, runRow, stepRow, type Table, tables } from '../sqlite/event-rows.ts'

/** A row on its way, as a line of `COPY`'s text format. */
export interface CopyLine {
  readonly table: Table
  /** When what it tells of began, which says where it is kept. */
  readonly startedAt: number
  readonly text: string
  /** The call that it tells of: what is new of them is rolled up. */
  readonly call?: CallEvent
}

/** The columns of a table in the order of its lines. Content is kept by time too. */
export function copyColumns(table: Table): readonly string[] {
  return table === 'contents' ? [...tables.contents.columns, 'started_at'] : tables[table].columns
}

/** The rows of an event. Times are kept in whole milliseconds. */
export function copyLines(recorded: SeamEvent): CopyLine[] {
  const startedAt = Math.round(recorded.startedAt)
  const event = startedAt === recorded.startedAt ? recorded : { ...recorded, startedAt }
  switch (event.type) {
    case 'call': {
      const call: CopyLine = { table: 'calls', startedAt, text: copyText(callRow(event)), call: event }
      if (!event.content) return [call]
      const { messages, answer, isCut } = event.content
      const content = copyText([event.callId, messages, answer, isCut ? 1 : 0, startedAt])
      return [call, { table: 'contents', startedAt, text: content }]
    }
    case 'attempt':
      return [{ table: 'attempts', startedAt, text: copyText(attemptRow(event)) }]
    case 'run':
      return [{ table: 'runs', startedAt, text: copyText(runRow(event)) }]
    case 'step':
      return [{ table: 'steps', startedAt, text: copyText(stepRow(event)) }]
  }
}

/**
 * Cells as a line of `COPY`'s text format, its end included. A NUL, which Postgres keeps in no text, is written as U+FFFD; in JSON it is
 * kept, escaped.
 */
export function copyText(cells: readonly unknown[]): string {
  // Joined at once: a text that grows cell by cell is a tree of its pieces until it is sent, and many of them are much to collect.
  return `${cells.map(cellText).join('\t')}\n`
}

function cellText(cell: unknown): string {
  if (cell === undefined || cell === null) return '\\N'
  if (typeof cell === 'number') return String(cell)
  if (cell instanceof Uint8Array) return `\\\\x${Buffer.from(cell).toString('hex')}`
  return escaped(typeof cell === 'string' ? cell : JSON.stringify(cell))
}

const special = /[\\\t\n\r\0]/g
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\u{fffd}',
}

function escaped(text: string): string {
  return text.search(special) === -1 ? text : text.replace(special, (character) => escapes[character] ?? character)
}
