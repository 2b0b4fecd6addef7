/** A text with what people and models write in different ways written in one, and where each character of it came from. */
export interface Normalised {
  readonly text: string
  /** Where character `n` begins and ends in the text that it came from. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

const same: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '…': '...',
}
/** Marks of Markdown, which a quote leaves out, and characters that nobody sees. */
const unseen = /[*_`\u00ad\u200b-\u200d\u2060\ufeff]/

/**
 * One space for any white space, plain quotation marks and dashes, small letters, no marks of emphasis, and `<` for the `&lt;`
 * that a prompt had to write. Not at either end: white space.
 */
export function normalise(text: string): Normalised {
  let written = ''
  const starts: number[] = []
  const ends: number[] = []
  let space: number | undefined
  const write = (characters: string, start: number, end: number) => {
    for (let index = 0; index < characters.length; index++) {
      starts.push(start)
      ends.push(end)
    }
    written += characters
  }
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) as number)
    const isTag = character === '&' && text.startsWith('&lt;', at)
    const end = at + (isTag ? 4 : character.length)
    if (/\s/.test(character)) space ??= at
    else if (!unseen.test(character)) {
      if (space !== undefined && written !== '') write(' ', space, at)
      space = undefined
      write(isTag ? '<' : (same[character] ?? character.normalize('NFKC').toLowerCase()), at, end)
    }
    at = end
  }
  return { text: written, starts, ends }
}
