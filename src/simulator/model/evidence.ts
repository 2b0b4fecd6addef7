import type { Citation } from './sources.ts'
import { contentWords, literally, stem } from './words.ts'

/** What an answer may be drawn from. */
export interface Evidence {
  /** What the user's message is about. */
  readonly text: string
  /** An answer that was found in sources, where the prompt holds some. */
  readonly grounded?: { readonly answer: string; readonly found: boolean; readonly citations: readonly Citation[] }
}

const genericIdWords: ReadonlySet<string> = new Set([
  'id',
  'number',
  'no',
  'num',
  'code',
  'ref',
  'referenc',
  'key',
  'uuid',
])
const identifier = String.raw`[A-Za-z]{0,8}[-_]?\d[\w-]*\w|[A-Za-z]{0,8}[-_]?\d`

/** The value that the text gives under this name, as in `Order: 4411` or `the order is late`. */
export function labelledValue(text: string, name: string): string | undefined {
  const spelled = name.replace(/[_-]+/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2')
  const pattern = new RegExp(
    `(?<!\\p{L})${literally(spelled).replace(/ /g, '[ _-]')}\\s*[:=]\\s*"?([^\\n"]{1,300})`,
    'iu',
  )
  return pattern.exec(text)?.[1]?.trim()
}

/** The identifier that the text gives for a name such as `order_id`. */
export function identifierFor(text: string, name: string): string | undefined {
  const clean = text.replace(/[$€£]\s?\d[\d.,]*/g, ' ').replace(/\d{4}-\d{2}-\d{2}/g, ' ')
  const nouns = contentWords(name).filter((word) => !genericIdWords.has(word))
  for (const noun of nouns) {
    const near = new RegExp(
      `(?<!\\p{L})${literally(noun)}(?:e|es|s|ing)?[\\s:#]*(?:(?:id|number|no\\.?|is|ref)[\\s:#]*)*(${identifier})(?!\\w)`,
      'iu',
    )
    const found = near.exec(clean)?.[1]
    if (found !== undefined) return found
  }
  const free = [...clean.matchAll(new RegExp(`(?:([\\p{L}]+)[\\s:]*)?#?(?<![\\w-])(${identifier})(?![\\w])`, 'giu'))]
  const unclaimed = free.find((match) => !claimedByAnother(match[1], nouns))
  return unclaimed?.[2]
}

const labellingNouns: ReadonlySet<string> = new Set(
  ['order', 'invoice', 'ticket', 'account', 'customer', 'user', 'tracking', 'case', 'booking', 'product', 'item'].map(
    stem,
  ),
)

function claimedByAnother(label: string | undefined, nouns: readonly string[]): boolean {
  const word = stem((label ?? '').toLowerCase())
  return nouns.length > 0 && labellingNouns.has(word) && !nouns.includes(word)
}

/** The number that the text gives near one of these words. */
export function numberNear(text: string, words: readonly string[]): number | undefined {
  for (const word of words) {
    const after = new RegExp(
      `(?<!\\p{L})${literally(word)}\\w*\\W{1,3}(?:(?:is|of|to|by|about)\\W+)?[$€£]?\\s?(-?\\d[\\d,]*(?:\\.\\d+)?)`,
      'iu',
    )
    const before = new RegExp(`(-?\\d[\\d,]*(?:\\.\\d+)?)\\s*(?:\\p{L}+\\s+)?${literally(word)}`, 'iu')
    const found = after.exec(text)?.[1] ?? before.exec(text)?.[1]
    if (found !== undefined) return Number(found.replaceAll(',', ''))
  }
  return undefined
}

export function moneyIn(text: string): number | undefined {
  const found = /[$€£]\s?(\d[\d,]*(?:\.\d+)?)|(\d[\d,]*(?:\.\d+)?)\s?(?:USD|EUR|GBP|dollars?|euros?|pounds?)/i.exec(
    text,
  )
  const digits = found?.[1] ?? found?.[2]
  return digits === undefined ? undefined : Number(digits.replaceAll(',', ''))
}

export function numbersIn(text: string): number[] {
  return [...text.matchAll(/(?<![\w.-])-?\d[\d,]*(?:\.\d+)?(?![\w-])/g)].map((match) =>
    Number(match[0].replaceAll(',', '')),
  )
}

/** A name that the text spells with capitals: after one of these words, else of several words, else within a sentence. */
export function properNoun(text: string, after: readonly string[]): string | undefined {
  const word = String.raw`\p{Lu}[\p{L}'’-]+`
  const led = new RegExp(`(?<!\\p{L})(?:${after.join('|')})\\s+(?:the\\s+)?(${word}(?:\\s+${word})*)`, 'u').exec(
    text,
  )?.[1]
  const several = new RegExp(`${word}(?:\\s+${word})+`, 'u').exec(text)?.[0]
  return led ?? several ?? new RegExp(`(?<=[\\p{Ll},;]\\s)${word}`, 'u').exec(text)?.[0]
}
