import { printable } from '../core/printable.ts'

const spaceButBeforeUnits = / (?!ms\b)/

/** The text in lines of at most `width` characters, each begun with `indent`; words that are longer are cut. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const room = Math.max(1, width - indent.length)
  const lines: string[] = []
  let line = ''
  for (const word of printable(text).split(spaceButBeforeUnits)) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
    while (line.length > room) {
      lines.push(line.slice(0, room))
      line = line.slice(room)
    }
  }
  if (line !== '') lines.push(line)
  return lines.map((each) => indent + each)
}

/** Cut to `width` characters, the last of which says so. */
export function shortened(text: string, width: number): string {
  const clean = printable(text)
  return clean.length <= width ? clean : `${clean.slice(0, Math.max(0, width - 1))}~`
}

/** A point in time, to the millisecond, UTC: `2026-11-20 09:14:03.512`. */
export function momentOf(epochMs: number): string {
  const date = new Date(epochMs)
  return Number.isNaN(date.getTime()) ? 'at an unknown time' : date.toISOString().slice(0, 23).replace('T', ' ')
}
