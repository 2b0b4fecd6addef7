import { readFileSync } from 'node:fs'
import { catalogue, type dialects, spelled } from '../../test/faults/catalogue.ts'
import { patienceMs, subjects, totalMs, type Word, watchMs } from './cell.ts'
import type { Outcome, Ran } from './run.ts'

const order: readonly Word[] = ['CRASHED', 'BROKEN', 'WAITS', 'untyped', 'said', 'ended', 'left', 'whole']
const categories = [
  ['Connect and HTTP', 1, 25],
  ['Status and pushback', 26, 56],
  ['Body', 57, 79],
  ['Stream', 80, 104],
] as const

/** The page, as Markdown. */
export function pageOf({ outcomes, unable }: Ran, hasPortkey: boolean): string {
  const made = new Set(outcomes.map(({ fault }) => fault.number))
  const missing = catalogue.filter(({ number }) => !made.has(number)).map(({ number }) => number)
  return [
    `<!-- Written by a run: \`npm run docs -- fault-matrix\`. -->

# Fault matrix

What came out of each of the 104 faults of the catalogue, for Inseam and for others in the same run, with one target and nothing to fall
back to; attempts and money are those in the simulator's log and on its invoice. Run on ${new Date().toISOString().slice(0, 10)}, Node
${process.versions.node}, ${versions().join(', ')}. To run it again: \`npm run docs -- fault-matrix\`.

Everybody has its default settings, its retries too, but for how long it waits: ${patienceMs / 1000} s where it has a word for a timeout (\`timeout\`
of the SDKs of OpenAI, Anthropic and Google; \`chunkMs\` beside ${totalMs / 1000} s in all of the AI SDK; connect, headers and first token of Inseam,
with 1 s between two pieces and ${totalMs / 1000} s in all, and three attempts). AWS's SDK, over HTTP/1.1, and Portkey's gateway are as they come. Inseam's gateway and
Portkey's are asked through the official SDK of the target's dialect (Bedrock: OpenAI's), without retries of its own. The library and AWS's SDK are not asked what takes tools (101, 102).
${hasPortkey ? '' : '\nPortkey could not be installed from npm here: its column is empty.\n'}${unable.length > 0 ? `\nLeft out, because not even without a fault a whole answer came: ${unable.join('; ')}.\n` : ''}${missing.length > 0 ? `\nThe simulator does not make these yet, and they are left out: ${missing.join(', ')}.\n` : ''}
- **whole**: the whole answer. **ended**: an answer that says that it is not whole. **said**: an error of a type that the client's library has for
  it, or the platform's \`TimeoutError\` or \`AbortError\` where its clock ran out. **left**: the client left, as it meant to.
- **untyped**: an error that is none of the library's own (\`TypeError\`, \`SyntaxError\`).
- **BROKEN**: an answer that is not whole, or none, presented as one without an error.
- **WAITS**: still waiting after ${watchMs / 1000} s. **CRASHED**: the process ended.
- Behind the word: attempts at the provider where there were more or fewer than one, what they cost in millionths of a dollar, and \`+N MB\` where the
  process grew by more than 50 MB. Several dialects that came to the same share a line; the word stands for the worst of them.
`,
    summary(outcomes),
    ...categories.map(([title, from, to]) => section(title, from, to, outcomes)),
  ].join('\n')
}

function summary(outcomes: readonly Outcome[]): string {
  const rows = subjects.map((subject) => {
    const own = outcomes.filter((outcome) => outcome.subject === subject)
    const faults = [...new Set(own.map(({ fault }) => fault))]
    const worst = faults.map((fault) => worstOf(own.filter((outcome) => outcome.fault === fault)).word)
    const count = (...words: Word[]) => worst.filter((word) => words.includes(word)).length
    const cells = (...words: Word[]) => own.filter(({ word }) => words.includes(word)).length
    const figure = (...words: Word[]) => `${count(...words)} (${cells(...words)})`
    return `| ${subject} | ${faults.length} (${own.length}) | ${figure('whole', 'ended', 'said', 'left')} | ${figure('BROKEN')} | ${figure('WAITS')} | ${figure('untyped')} | ${figure('CRASHED')} |`
  })
  return [
    '## Summary',
    '',
    'Faults by the worst that came of them in any dialect and mode; in brackets, calls.',
    '',
    '| | faults asked | complete or said | broken as success | still waiting | untyped | crashed |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function section(title: string, from: number, to: number, outcomes: readonly Outcome[]): string {
  const rows = catalogue
    .filter(({ number = 0 }) => number >= from && number <= to)
    .flatMap((fault) =>
      [true, false].flatMap((stream) => {
        const own = outcomes.filter((outcome) => outcome.fault === fault && outcome.stream === stream)
        const [first] = own
        if (!first) return []
        const cells = subjects.map((subject) => cellOf(own.filter((outcome) => outcome.subject === subject)))
        const name = `${fault.number} ${fault.title} (\`${spelled(first.way)}\`)`
        return [`| ${name} | ${stream ? 'streamed' : 'whole'} | ${cells.join(' | ')} |`]
      }),
    )
  return [
    `## ${title}`,
    '',
    `| fault | asked | ${subjects.join(' | ')} |`,
    `|---|---|${subjects.map(() => '---|').join('')}`,
    ...rows,
    '',
  ].join('\n')
}

const short: Readonly<Record<(typeof dialects)[number], string>> = {
  'openai-chat': 'chat',
  'openai-responses': 'responses',
  'anthropic-messages': 'anthropic',
  gemini: 'gemini',
  'bedrock-converse': 'bedrock',
}

function cellOf(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return ''
  const groups = new Map<string, Outcome[]>()
  for (const outcome of outcomes) {
    const { word, attempts, nanoUsd, grewMb } = outcome
    const money = nanoUsd > 0 ? `, ${Math.round(nanoUsd / 1000)} µ$` : ''
    const text = `${word}${attempts === 1 ? '' : ` ×${attempts}`}${money}${grewMb > 50 ? `, +${grewMb} MB` : ''}`
    groups.set(text, [...(groups.get(text) ?? []), outcome])
  }
  if (groups.size === 1) return [...groups.keys()].join('')
  return [...groups]
    .map(([text, own]) => `${own.map(({ dialect }) => short[dialect]).join(', ')}: ${text}`)
    .join('<br>')
}

function worstOf(outcomes: readonly Outcome[]): Outcome {
  return outcomes.toSorted((left, right) => order.indexOf(left.word) - order.indexOf(right.word))[0]!
}

function versions(): string[] {
  const names = ['openai', '@anthropic-ai/sdk', '@google/genai', '@aws-sdk/client-bedrock-runtime', 'ai']
  const version = (name: string) =>
    JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version as string
  return [...names.map((name) => `\`${name}\` ${version(name)}`), '`@portkey-ai/gateway` 1.15.2']
}
