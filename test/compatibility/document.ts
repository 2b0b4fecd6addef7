import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Loss } from '../../src/core/request.ts'
import type { Client } from './client.ts'
import type { Target } from './targets.ts'

/** What a cell came to: what was lost on the way, what is worth telling, why there is nothing to see, or why it does not work. */
export interface Outcome {
  readonly losses: readonly Loss[]
  readonly verdict: 'yes' | 'no' | 'n/a'
  readonly remark?: string
}

const path = 'docs/compatibility.md'

/** The clients, in the order of the document. */
const order = [
  'openai, Chat Completions',
  'openai, Responses',
  '@anthropic-ai/sdk',
  '@google/genai',
  'ai 7, by its OpenAI provider',
  'ai 7, by its Anthropic provider',
  'ai 7, by its Google provider',
  'ai 7, by its OpenAI-compatible provider',
  'ai 6, by its OpenAI provider',
  'ai 6, by its Anthropic provider',
  'ai 6, by its Google provider',
  'ai 7, by inseam/ai-sdk',
  'ai 6, by inseam/ai-sdk',
  '@langchain/openai, Chat Completions',
  '@langchain/openai, Responses',
  '@langchain/anthropic',
  '@openai/agents, Chat Completions',
  '@openai/agents, Responses',
]

const head = `<!-- Written by the tests in test/compatibility: \`npm run docs -- compatibility\`. -->

# Compatibility

What a user of each client SDK sees, through that SDK's own helpers, for each dialect that a target speaks. Every cell is a test that ran
against the simulator, over real sockets; what the SDK, the record and the provider's side saw of it was compared.

- **yes**: it works, and nothing was lost.
- **yes, with losses**: it works; what the target's dialect or the client's cannot say is named in \`x-inseam-loss\` and in the record. Paths are
  those of the client's dialect in a request, and of the answer in an answer.
- **n/a**: the SDK or a dialect has no such thing.
- **no**: it does not work, and the note says why.

Errors are 400, 429, 529 and one in the middle of a stream: each is what the SDK throws for it, asked once by the SDK, however often the
seam tried. Aborted means that the upstream was stopped with the client, and its attempt is on the record.
`

/** The table of a client. Throws where a cell did not run. */
export function sectionOf(
  client: Client,
  scenarios: readonly string[],
  targets: readonly Target[],
  outcomes: ReadonlyMap<string, Outcome>,
): string {
  const notes: string[] = []
  const note = (text: string): number => {
    if (!notes.includes(text)) notes.push(text)
    return notes.indexOf(text) + 1
  }
  const cell = (scenario: string, target: Target): string => {
    const outcome = outcomes.get(`${scenario} ${target.dialect}`)
    if (!outcome) throw new Error(`${client.name}: "${scenario}" to ${target.dialect} did not run or did not pass.`)
    const losses = [...new Set(outcome.losses.map(spell))]
      .toSorted()
      .map(note)
      .sort((left, right) => left - right)
    const lost = losses.length > 0 ? [`with ${losses.length > 1 ? 'losses' : 'loss'} ${losses.join(', ')}`] : []
    const told = outcome.remark === undefined ? [] : [`note ${note(outcome.remark)}`]
    return [outcome.verdict, ...lost, ...told].join(', ')
  }
  const rows = scenarios.map((name) => `| ${name} | ${targets.map((target) => cell(name, target)).join(' | ')} |`)
  const list = notes.map((text, index) => `${index + 1}. ${text}`)
  return [
    `## ${client.name}`,
    '',
    `${client.packages.map(version).join(', ')}. ${client.about}`,
    '',
    `| | ${targets.map(({ dialect }) => dialect).join(' | ')} |`,
    `|---|${targets.map(() => '---|').join('')}`,
    ...rows,
    '',
    ...(list.length > 0 ? [...list, ''] : []),
  ].join('\n')
}

/** The client's section as the document has it; written first where `INSEAM_WRITE_COMPATIBILITY` is set. */
export function holdsSection(name: string, section: string): string | undefined {
  if (!order.includes(name)) throw new Error(`"${name}" has no place in the order of test/compatibility/document.ts.`)
  if (process.env.INSEAM_WRITE_COMPATIBILITY === '1') write(name, section)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const sections = sectionsIn(text)
  const isWhole = text === whole(sections)
  return isWhole
    ? sections.get(name)
    : `${path} holds something that no test writes. Run \`npm run docs -- compatibility\`.`
}

/** One file writes at a time: `npm run docs -- compatibility` runs them in turn. */
function write(name: string, section: string): void {
  const sections = sectionsIn(existsSync(path) ? readFileSync(path, 'utf8') : '')
  sections.set(name, section)
  writeFileSync(path, whole(sections))
}

function whole(sections: ReadonlyMap<string, string>): string {
  return [head, ...order.flatMap((name) => sections.get(name) ?? [])].join('\n')
}

function sectionsIn(text: string): Map<string, string> {
  const parts = text.split(/^(?=## )/m).slice(1)
  return new Map(
    parts.map((part, index) => {
      const isLast = index === parts.length - 1
      return [part.slice(3, part.indexOf('\n')), isLast ? part : part.slice(0, -1)]
    }),
  )
}

function spell({ path, effect, detail }: Loss): string {
  return `\`${path}\` ${effect}: ${detail}`
}

function version(name: string): string {
  const { name: own, version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as {
    name: string
    version: string
  }
  return `\`${own}\` ${version}`
}
