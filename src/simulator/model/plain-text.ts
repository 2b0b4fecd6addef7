import type { Turn } from '../ask.ts'
import { pick, type Random } from '../seeded-random.ts'
import { subjectOf } from './subject.ts'
import { contentWords, firstWords, sentencesOf } from './words.ts'

/** A short answer in words that is about the message: a kind of request that is recognised, else a plausible remark. */
export function plainText(message: string, random: Random): string {
  return (
    verbatim(message) ??
    arithmetic(message) ??
    summary(message) ??
    ofLength(message, random) ??
    list(message, random) ??
    greeting(message) ??
    remark(message, random)
  )
}

/** What the tool results say, in a sentence. */
export function textFromResults(results: readonly Turn[]): string {
  const told = results.map(({ tool, text, failed }) => {
    const name = (tool ?? '').replace(/[_-]+/g, ' ') || 'the tool'
    return failed === true ? `${capital(name)} failed: ${firstWords(text, 30)}` : `From ${name}: ${spoken(text)}.`
  })
  return told.join(' ')
}

function spoken(text: string): string {
  try {
    const said = phrases(JSON.parse(text), '')
    return firstWords(said.slice(0, 8).join(', '), 60).replace(/\.$/, '') || 'nothing was found'
  } catch {
    return firstWords(text, 60).replace(/\.$/, '') || 'done'
  }
}

function phrases(value: unknown, name: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => phrases(item, name))
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => phrases(inner, key.replace(/_/g, ' ')))
  }
  return [name === '' ? String(value) : `${name} is ${String(value)}`]
}

function verbatim(message: string): string | undefined {
  const found =
    /\b(?:reply|respond|answer)\s+(?:only\s+)?with\s+(?:only\s+|just\s+|exactly\s+)*(?:the\s+(?:single\s+)?words?\s+)?:?\s*["“'`]?([^"”`\n]{1,200}?)["”'`]?(?:\s+and nothing else)?[.!]?\s*$/i.exec(
      message,
    ) ?? /^\s*say\s+(?:exactly\s+|just\s+)?["“'`]?([^"”`\n]{1,80}?)["”'`]?[.!]?\s*$/i.exec(message)
  return found === null || /\bjson\b|sentence|your/i.test(found[1]!) ? undefined : found[1]
}

function arithmetic(message: string): string | undefined {
  const found = /(-?\d+(?:\.\d+)?)\s*([-+*x×/÷]|plus|minus|times)\s*(-?\d+(?:\.\d+)?)\s*[?=.]?\s*$/i.exec(message)
  if (found === null) return undefined
  const [, left, sign, right] = found
  const [a, b] = [Number(left), Number(right)]
  const value = /^(\+|plus)$/i.test(sign!)
    ? a + b
    : /^(-|minus)$/i.test(sign!)
      ? a - b
      : /^[/÷]$/.test(sign!)
        ? a / b
        : a * b
  return `${left} ${sign} ${right} is ${Number(value.toPrecision(12))}.`
}

function summary(message: string): string | undefined {
  if (!/\b(summari[sz]e|summary|tl;?dr|gist|shorten|in short)\b/i.test(message)) return undefined
  const sentences = sentencesOf(subjectOf(message))
  const one = /\b(one|single|1)[ -](?:\w+ )?sentence/i.test(message)
  return firstWords(sentences.slice(0, one || sentences.length < 4 ? 1 : 2).join(' '), 60)
}

function ofLength(message: string, random: Random): string | undefined {
  const wanted = Number(/\b(\d{2,5})[ -]words?\b/i.exec(message)?.[1] ?? 0)
  if (wanted === 0 || wanted > 20_000) return undefined
  const written: string[] = []
  while (written.length < wanted) written.push(...remark(message, random).split(' '))
  return `${written
    .slice(0, wanted)
    .join(' ')
    .replace(/[,;:.]$/, '')}.`
}

function list(message: string, random: Random): string | undefined {
  const wanted = /\b(?:list|name|give(?: me)?|suggest)\b[^.?]*?\b(two|three|four|five|six|\d)\b/i.exec(message)?.[1]
  if (wanted === undefined) return undefined
  const count = { two: 2, three: 3, four: 4, five: 5, six: 6 }[wanted.toLowerCase()] ?? Number(wanted)
  const words = topicWords(message.replace(wanted, ''))
  return Array.from({ length: count }, (_, index) => {
    const word = words[index % words.length] ?? 'it'
    return `${index + 1}. ${pick(random, openings)} ${word}${index >= words.length ? ', again from another side' : ''}.`
  }).join('\n')
}

const openings = [
  'Look first at the',
  'Write down what is known of the',
  'Agree with the others on the',
  'Measure the',
  'Simplify the',
  'Check twice the',
]

function greeting(message: string): string | undefined {
  return /^\s*(hi|hello|hey|good (morning|afternoon|evening))\b[^?]{0,20}[.!]?\s*$/i.test(message)
    ? 'Hello! How can I help you today?'
    : undefined
}

function remark(message: string, random: Random): string {
  const about = topicOf(subjectOf(message))
  if (contentWords(about).length === 0)
    return 'I am a simulated model: ask me anything, and I will answer it the same way every time.'
  return `${pick(random, ['About', 'On', 'As for'])} ${about}: ${pick(random, bodies)}`
}

const bodies = [
  'start with the simplest step that could work, see what changes, and go on from there.',
  'check the facts first, then decide, and keep the change small enough to undo.',
  'there are two things to look at, what has happened so far and what should happen next; the second decides.',
  'most of it is routine, and the part that is not shows itself early, so look for that part first.',
]

const asking =
  /^(?:(?:so|and|please|well|ok|hi|hello|hey)\b[ ,!]*)*(?:(?:can|could|would|will) you (?:please )?)?(?:tell me|explain|describe|write|give me|show me|what|where|when|why|who|which|how|is|are|do|does|did|can|could|should|would|will)?\b(?:\s+(?:is|are|was|were|do|does|did|can|could|should|would|will|to|about|long|much|many|happens|\d+ words|i|you|we|it)\b)*\s*/i

/** What the last sentence is about, from the reader's side: `Where is my order 4411?` is about your order 4411. */
function topicOf(subject: string): string {
  const last = sentencesOf(subject).at(-1) ?? subject
  const told = /\babout\s+(.+)$/i.exec(last)?.[1] ?? last.replace(asking, '')
  const asked = /^how (?:do|can|should|to)\b/i.test(last) ? `how to ${told}` : told
  const turned = asked.replace(/\b(my|our|i|me|we|us|am)\b/gi, (word) => turns[word.toLowerCase()] ?? word)
  return firstWords(turned, 12).replace(/[.!?…:,;]+$/, '')
}

const turns: Readonly<Record<string, string>> = {
  my: 'your',
  our: 'your',
  i: 'you',
  me: 'you',
  we: 'you',
  us: 'you',
  am: 'are',
}

/** The words as they are written, without those that carry no meaning. */
function topicWords(text: string): string[] {
  const words = text.match(/[\p{L}][\p{L}'’-]{2,}/gu) ?? []
  const telling = words.filter((word) => contentWords(word).length > 0)
  return [...new Set(telling.map((word) => word.toLowerCase()))]
    .sort((left, right) => right.length - left.length)
    .slice(0, 6)
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
