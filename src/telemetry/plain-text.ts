/** Text from outside on its way to a terminal: white space and control characters, which could drive it, become one space. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not pass
  return text.replace(/[\u0000-\u0020\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ').trim()
}

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

/** A count as people read it: `1,204`. */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** A count and its noun: `1 attempt`, `3 attempts`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A time as people read it: `412 ms`. */
export function milliseconds(ms: number): string {
  return ms > 0 && ms < 1 ? '<1 ms' : `${grouped(ms)} ms`
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
