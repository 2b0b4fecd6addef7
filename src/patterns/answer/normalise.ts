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

/** A tag, which a quote leaves out too; a prompt may have had to write `&lt;` for its beginning. */
const tag = /(?:<|&lt;)\/?[a-z][a-z0-9]*(?:\s[^<>]{0,200})?\/?>/iy

/**
 * One space for any white space, plain quotation marks and dashes, small letters, no tags and marks of emphasis, and `<` for the
 * `&lt;` that a prompt had to write. No white space at either end.
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
    const isLess = character === '&' && text.startsWith('&lt;', at)
    const tagLength = character === '<' || isLess ? lengthOfTag(text, at) : 0
    const end = at + (tagLength || (isLess ? 4 : character.length))
    if (/\s/.test(character)) space ??= at
    else if (tagLength === 0 && (!unseen.test(character) || isBetweenDigits(text, at))) {
      if (space !== undefined && written !== '') write(' ', space, at)
      space = undefined
      write(isLess ? '<' : plainOf(character), at, end)
    }
    at = end
  }
  return { text: written, starts, ends }
}

/** A power and a fraction stay what they are: 10² is not 102. */
function plainOf(character: string): string {
  return same[character] ?? (/\p{No}/u.test(character) ? character : character.normalize('NFKC').toLowerCase())
}

/** There, a mark of emphasis may be one of multiplication: 5*3 is not 53. */
function isBetweenDigits(text: string, at: number): boolean {
  return /^\d[*_`]\d$/.test(text.slice(Math.max(0, at - 1), at + 2))
}

function lengthOfTag(text: string, at: number): number {
  tag.lastIndex = at
  return tag.exec(text)?.[0].length ?? 0
}
