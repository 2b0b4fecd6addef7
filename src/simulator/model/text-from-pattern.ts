import { pick, type Random } from '../seeded-random.ts'

const digits = '0123456789'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = lower.toUpperCase()

/**
 * A text that matches a simple regular expression: literals, classes, groups, alternatives, `\d \w \s .` and quantifiers. Whoever
 * needs certainty tests the result: look-arounds and back-references are not understood.
 */
export function textFromPattern(pattern: string, random: Random): string {
  const reader = { source: pattern, at: 0 }
  return alternatives(reader, random)
}

interface Reader {
  readonly source: string
  at: number
}

function alternatives(reader: Reader, random: Random): string {
  const options = [sequence(reader, random)]
  while (reader.source[reader.at] === '|') {
    reader.at++
    options.push(sequence(reader, random))
  }
  return pick(random, options)
}

function sequence(reader: Reader, random: Random): string {
  let text = ''
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at]!)) {
    const start = reader.at
    const first = atom(reader, random)
    const afterAtom = reader.at
    const times = quantity(reader, random)
    const afterQuantity = reader.at
    // Each repetition is drawn anew, so that `\d{4}` is not four times the same digit.
    const drawn = Array.from({ length: times }, (_, time) => {
      if (time === 0) return first
      reader.at = start
      return atom(reader, random)
    })
    reader.at = Math.max(afterAtom, afterQuantity)
    text += drawn.join('')
  }
  return text
}

function atom(reader: Reader, random: Random): string {
  const character = reader.source[reader.at++]!
  if (character === '^' || character === '$') return ''
  if (character === '.') return pick(random, [...lower])
  if (character === '\\') return escaped(reader.source[reader.at++] ?? '', random)
  if (character === '[') return characterClass(reader, random)
  if (character !== '(') return character
  if (reader.source.startsWith('?', reader.at))
    reader.at += /^\?(?:<\w+>|.)/.exec(reader.source.slice(reader.at))?.[0].length ?? 2
  const inner = alternatives(reader, random)
  reader.at++
  return inner
}

function escaped(character: string, random: Random): string {
  if (character === 'd') return pick(random, [...digits])
  if (character === 'w') return pick(random, [...lower])
  if (character === 's') return ' '
  if (character === 'b' || character === 'B') return ''
  return { n: '\n', t: '\t', r: '\r' }[character] ?? character
}

function characterClass(reader: Reader, random: Random): string {
  const end = closing(reader.source, reader.at)
  const inside = reader.source.slice(reader.at, end)
  reader.at = end + 1
  const negated = inside.startsWith('^')
  const members = [...expand(negated ? inside.slice(1) : inside)]
  const candidates = negated ? [...lower, ...digits, ...upper].filter((one) => !members.includes(one)) : members
  return candidates.length > 0 ? pick(random, candidates) : ''
}

function closing(source: string, from: number): number {
  let at = from
  while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1
  return at
}

function expand(inside: string): string {
  const named = inside
    .replaceAll('\\d', digits)
    .replaceAll('\\w', lower + upper + digits)
    .replaceAll('\\s', ' ')
  return named
    .replace(/([^\\])-([^\]])/g, (whole, from: string, to: string) => {
      const length = to.charCodeAt(0) - from.charCodeAt(0) + 1
      if (length < 1 || length > 200) return whole
      return Array.from({ length }, (_, index) => String.fromCharCode(from.charCodeAt(0) + index)).join('')
    })
    .replace(/\\(.)/g, '$1')
}

function quantity(reader: Reader, random: Random): number {
  const rest = reader.source.slice(reader.at)
  const found = /^(?:([?*+])|\{(\d+)(?:(,)(\d*))?\})\??/.exec(rest)
  if (found === null) return 1
  reader.at += found[0].length
  const [, sign, least, comma, most] = found
  const from = sign === undefined ? Number(least) : sign === '+' ? 1 : 0
  const to =
    sign === '?'
      ? 1
      : sign !== undefined
        ? from + 4
        : comma === undefined
          ? from
          : most === ''
            ? from + 4
            : Number(most)
  return Math.min(200, from + Math.floor(random() * (Math.max(from, to) - from + 1)))
}
