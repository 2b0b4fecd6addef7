// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { z } from 'zod'
import { nearest } from './nearest.ts'

/** What a scalar of the configuration may be, in words for people and in JSON Schema for editors. */
export interface ScalarRule<Value> {
  /** Says what is wrong with a value, after the value itself: `is no duration.` */
  readonly wrong: string | ((value: unknown) => string)
  /** What to write instead, as a sentence. */
  readonly fix: string | ((value: unknown) => string)
  /** What an editor accepts; a `${VARIABLE}` is always accepted beside it. */
  readonly json: Readonly<Record<string, unknown>>
  /** The value, or `undefined` where it does not fit. */
  readonly read: (value: unknown) => Value | undefined
}

/** A zod schema whose issue carries the rule's own words: `message` is what is wrong and `params.fix` the way out. */
export function scalar<Value>({ wrong, fix, json, read }: ScalarRule<Value>) {
  return z
    .any()
    .transform((value: unknown, context): Value => {
      const found = read(value)
      if (found !== undefined) return found
      context.addIssue({ code: 'custom', message: say(wrong, value), params: { fix: say(fix, value) } })
      return z.NEVER
    })
    .meta('pattern' in json || !('type' in json) || json.type !== 'string' ? { anyOf: [json, variable] } : json)
}

function say(words: string | ((value: unknown) => string), value: unknown): string {
  return typeof words === 'string' ? words : words(value)
}

const variable = { type: 'string', pattern: '\\$\\{' }

/** One of a few words. */
export function choice<Word extends string>(words: readonly Word[], what: string) {
  return scalar<Word>({
    wrong: `is no ${what}.`,
    fix: (value) => {
      const guess = typeof value === 'string' ? nearest(value, words) : undefined
      return `${guess === undefined ? '' : `Did you mean "${guess}"? `}Write ${listed(words, 'or')}.`
    },
    json: { enum: words },
    read: (value) => words.find((word) => word === value),
  })
}

/** A whole number, as a number or (from a variable) as text. */
export function whole(what: string, least: number, most: number) {
  return scalar<number>({
    wrong: `is no ${what}.`,
    fix: `Write a whole number from ${least} to ${most}.`,
    json: { type: 'integer', minimum: least, maximum: most },
    read: (value) => within(value, (number) => Number.isSafeInteger(number) && number >= least && number <= most),
  })
}

/** A number that may have decimals, as a number or (from a variable) as text. */
export function decimal(what: string, fix: string, accepts: (number: number) => boolean) {
  return scalar<number>({
    wrong: `is no ${what}.`,
    fix,
    json: { type: 'number', minimum: 0 },
    read: (value) => within(value, (number) => Number.isFinite(number) && accepts(number)),
  })
}

/** Text of at least one character, without control characters. */
export function text(
  what: string,
  pattern = /^[^\p{Cc}]+$/u,
  fix = 'Write text, in quotes where it looks like a number.',
) {
  return scalar<string>({
    wrong: `is no ${what}.`,
    fix,
    json: { type: 'string' },
    read: (value) => (typeof value === 'string' && value.trim() !== '' && pattern.test(value) ? value : undefined),
  })
}

/** True or false, as YAML has it or (from a variable) as text. */
export function flag(what: string) {
  return scalar<boolean>({
    wrong: `is no ${what}.`,
    fix: 'Write true or false.',
    json: { type: 'boolean' },
    read: (value) =>
      value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined,
  })
}

/** False: what may be configured here is not there. `example` is what to write where it is. */
export const off = (what: string, example: string) =>
  scalar<false>({
    wrong: `is no ${what}.`,
    fix: `Write ${example} or false.`,
    json: { const: false },
    read: (value) => (value === false || value === 'false' ? false : undefined),
  })

/** A credential. It goes into a header, so neither line breaks nor what lies outside of Latin-1. */
export const secret = (what: string) =>
  text(what, /^[\x20-\x7e\x80-\xff]+$/, 'Write one line of text in quotes: "${NAME}" or "${file:/run/secrets/name}".')

/** A list of texts, each such a thing. */
export const names = (what: string) => z.array(text(what))

/** Words as a sentence has them: `a, b or c`. Of many, the first twenty. */
export function listed(words: readonly string[], conjunction: 'and' | 'or'): string {
  if (words.length > 20) return `${words.slice(0, 20).join(', ')} ${conjunction} ${words.length - 20} more`
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`
}

function within(value: unknown, accepts: (number: number) => boolean): number | undefined {
  const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value
  return typeof number === 'number' && accepts(number) ? number : undefined
}
