import { pick, type Random } from '../seeded-random.ts'
import { chooseLabel } from './choose-label.ts'
import type { Drawn } from './drawn.ts'
import { type Evidence, identifierFor, labelledValue, properNoun } from './evidence.ts'
import { email, isoDate, url } from './text-by-format.ts'
import { contentWords, firstWords, sentencesOf, sharedWords } from './words.ts'

/** A text that suits a property's name, such as an address found in the text for `customer_email`. */
export function textByName(name: string, description: string, evidence: Evidence, random: Random): Drawn {
  const labelled = name === '' ? undefined : labelledValue(evidence.text, name)
  if (labelled !== undefined) return { value: labelled, evidenced: true }
  for (const [likeName, find] of finders) {
    const value = likeName.test(name) ? find(evidence, name) : undefined
    if (value !== undefined && value !== '') return { value, evidenced: true }
  }
  const domain = domains.find(([likeName]) => likeName.test(name))
  if (domain !== undefined) {
    const { label, evidenced } = chooseLabel(domain[1], evidence.text, random)
    return { value: label, evidenced }
  }
  return { value: madeUp(name, description, evidence.text, random), evidenced: false }
}

/** Finds a value by name; the first that recognises the name and finds something wins. */
type Finder = readonly [name: RegExp, find: (evidence: Evidence, name: string) => string | undefined]

const spokenDate = /\b(?:today|tomorrow|yesterday|(?:next |last )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/i
const phone = /(?<![\d-])(?!\d{4}-\d{2}-\d{2})\+?\d[\d ()-]{6,}\d/
const identifying = /(^|_)(id|number|no|ref|reference|code|sku|key)$|Id$|Number$|^(order|invoice|ticket|tracking)$/i

const finders: readonly Finder[] = [
  [/e?mail|^to$|recipient/i, found(email)],
  [/url|link|website/i, found(url)],
  [/phone|mobile/i, found(phone)],
  [identifying, ({ text }, name) => identifierFor(text, name)],
  [/date|day|when|deadline|time/i, ({ text }) => isoDate.exec(text)?.[0] ?? spokenDate.exec(text)?.[0]],
  [/currency/i, ({ text }) => currencyIn(text)],
  [
    /city|location|place|country|destination|region|address/i,
    ({ text }) => properNoun(text, ['in', 'at', 'to', 'for', 'from', 'near']),
  ],
  [/company|organi[sz]ation|product|brand/i, ({ text }) => properNoun(text, ['at', 'from', 'by', 'with', 'my'])],
  [
    /name|customer|person|author|recipient|sender|who/i,
    ({ text }) => properNoun(text, ['name is', 'I am', "I'm", 'by', 'Mr', 'Ms', 'Mrs', 'Dr']),
  ],
  [/lang/i, () => 'en'],
  [/answer|response|reply/i, ({ grounded, text }) => grounded?.answer ?? leading(text, 40)],
  [/title|subject|headline/i, ({ text }) => leading(text, 8).replace(/[.!]$/, '')],
  [/query|search|keywords?|^q$/i, ({ text }) => leading(text, 16).replace(/[?.!]$/, '')],
  [/reason|rationale|explanation|justification|analysis|why|critique|feedback/i, reasonFrom],
  [
    /summary|abstract|synopsis|tl_?dr|description|gist/i,
    ({ text }) => firstWords(sentencesOf(text).slice(0, 2).join(' '), 32),
  ],
  [
    /text|content|message|body|quote|snippet|evidence|note|comment|question|details?|issue|problem|action|step/i,
    ({ text }) => leading(text, 32),
  ],
]

/** Labels for names that call for one and whose schema does not say which. */
const domains: readonly (readonly [RegExp, readonly string[]])[] = [
  [/sentiment|tone|mood|feeling/i, ['positive', 'neutral', 'negative']],
  [/priority|severity|urgency|importance/i, ['low', 'medium', 'high', 'critical']],
  [/verdict|outcome|grade/i, ['pass', 'fail']],
  [
    /category|type|kind|intent|topic|class|label|department|team|queue/i,
    ['billing', 'delivery', 'account', 'technical', 'security', 'cancellation', 'question', 'other'],
  ],
]

function found(pattern: RegExp): Finder[1] {
  return ({ text }) => pattern.exec(text)?.[0]
}

function leading(text: string, words: number): string {
  return firstWords(sentencesOf(text)[0] ?? '', words)
}

function reasonFrom({ grounded, text }: Evidence): string {
  if (grounded?.found === false) return 'The sources do not answer the question.'
  const sentence = leading(text, 24)
  return sentence === '' ? 'Nothing in the message says otherwise.' : `The message says: “${sentence}”`
}

function currencyIn(text: string): string | undefined {
  const code = /\b(USD|EUR|GBP|CHF|JPY)\b/.exec(text)?.[1]
  if (code !== undefined) return code
  if (/\$|dollar/i.test(text)) return 'USD'
  if (/€|euro/i.test(text)) return 'EUR'
  return /£|pound/i.test(text) ? 'GBP' : undefined
}

function madeUp(name: string, description: string, text: string, random: Random): string {
  if (identifying.test(name)) {
    return `${(contentWords(name)[0] ?? 'id').slice(0, 3).toUpperCase()}-${1000 + Math.floor(random() * 9000)}`
  }
  const wanted = contentWords(`${name} ${description}`)
  const about = sentencesOf(text).find((sentence) => sharedWords(wanted, contentWords(sentence)).length > 0)
  if (about !== undefined) return firstWords(about, 24)
  const words = text.match(/\p{L}{4,}/gu) ?? []
  return words.length > 0 ? pick(random, words) : 'none'
}
