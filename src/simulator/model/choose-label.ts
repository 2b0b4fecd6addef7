import { pick, type Random } from '../seeded-random.ts'
import { contentWords, literally, sentencesOf, sharedWords, stem } from './words.ts'

/** Words that speak for a label without being it. */
const cues: Readonly<Record<string, string>> = {
  billing: 'charge charged invoice payment pay paid refund card money price twice subscription fee bank receipt',
  payment: 'charge charged invoice pay paid card bank declined',
  refund: 'money back return reimburse',
  delivery: 'parcel package shipping shipped ship deliver arrive arrived late tracking courier lost driver order',
  shipping: 'parcel package delivery deliver arrive arrived late tracking courier lost order',
  account: 'login log password locked sign email profile username two-factor authentication access',
  technical: 'error crash crashed bug broken fail failed failing load loading exception timeout app website',
  bug: 'error crash crashed broken fail failed failing exception stack wrong',
  feature: 'add wish suggestion suggest idea support request love',
  outage: 'down unavailable outage 500 503 unreachable',
  security: 'hacked breach fraud phishing stolen leak leaked suspicious password unauthorized',
  cancellation: 'cancel unsubscribe terminate leave end',
  complaint: 'angry unacceptable disappointed terrible worst awful complaint furious',
  question: 'wonder wondering how what when where ask',
  positive: 'great love excellent good happy amazing wonderful perfect fantastic best recommend pleased',
  negative: 'bad terrible awful hate worst poor broken angry disappointed slow late never useless unacceptable lost',
  critical: 'hacked breach outage down emergency lawsuit lawyer legal safety injury fraud stolen production everyone',
  urgent: 'urgent urgently immediately asap emergency now critical today',
  high: 'urgent urgently immediately asap angry twice lost locked stolen unacceptable escalate important refund',
  medium: 'late wrong waiting delayed problem issue missing',
  low: 'wonder wondering question curious whenever minor typo suggestion thanks',
  pass: 'correct accurate supported complete right',
  fail: 'incorrect wrong missing unsupported contradicts',
}

const neutral = /^(other|unknown|none|neutral|general|misc|miscellaneous|medium|normal|n\/a|mixed|unspecified)$/i

interface ChosenLabel {
  readonly label: string
  /** Whether anything in the text speaks for it. */
  readonly evidenced: boolean
}

/** The label that the text speaks for most; a neutral one, else any, where it speaks for none. */
export function chooseLabel(labels: readonly string[], text: string, random: Random): ChosenLabel {
  const spoken = withoutMenus(text, labels)
  const words = contentWords(spoken)
  const scores = labels.map((label) => score(label, spoken, words))
  const best = Math.max(...scores)
  if (best > 0) return { label: labels[scores.indexOf(best)]!, evidenced: true }
  return { label: labels.find((label) => neutral.test(label)) ?? pick(random, labels), evidenced: false }
}

function score(label: string, text: string, words: readonly string[]): number {
  const own = contentWords(label)
  const spelled = label.replace(/[_-]+/g, ' ').trim()
  const verbatim = spelled !== '' && new RegExp(`(?<!\\p{L})${literally(spelled)}(?!\\p{L})`, 'iu').test(text) ? 4 : 0
  const related = own.flatMap((word) =>
    Object.entries(cues)
      .filter(([name]) => stem(name) === word)
      .flatMap(([, list]) => list.split(' ')),
  )
  return verbatim + 3 * sharedWords(own, words).length + sharedWords(related.map(stem), words).length
}

/** The text without the sentences that list the labels to choose from. */
function withoutMenus(text: string, labels: readonly string[]): string {
  const many = Math.max(2, Math.ceil(labels.length / 2))
  const occurring = (sentence: string) =>
    labels.filter((label) => label !== '' && sentence.toLowerCase().includes(label.toLowerCase())).length
  return sentencesOf(text)
    .filter((sentence) => occurring(sentence) < many)
    .join('\n')
}
