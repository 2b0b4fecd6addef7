import { type FaultKind, type FaultParam, faults } from '../src/simulator/index.ts'
import { generatedFile } from './generated-file.ts'

const about: Readonly<Record<FaultKind['category'], string>> = {
  connection: 'Of the connection and of HTTP itself',
  status: 'Of the status: refusals, in the words of the provider that is asked',
  body: 'Of the body, streamed or not',
  stream: 'Of how an answer arrives',
  answer: 'Of what the model says',
}

const sections = [...Map.groupBy(faults, ({ category }) => category)].map(
  ([category, kinds]) => `## ${about[category]}

| fault | what happens | parameters and their defaults | bills |
|---|---|---|---|
${kinds.map(rowOf).join('\n')}
`,
)

function rowOf({ name, description, params, bills, notIn = [], streamedOnly }: FaultKind): string {
  const where = [...(streamedOnly ? ['in streams alone'] : []), ...notIn.map((dialect) => `not in ${dialect}`)]
  const told = where.length === 0 ? description : `${description} (${where.join('; ')})`
  const listed = Object.entries(params).map(([param, kind]) => paramOf(param, kind))
  return `| \`${name}\` | ${cell(told)} | ${cell(listed.join('<br>'))} | ${bills} |`
}

/** What a parameter may be is listed where its description does not tell it already. */
function paramOf(param: string, { default: value, description, oneOf = [] }: FaultParam): string {
  const names = oneOf.map((one) => (one === '' ? 'empty' : `\`${one}\``))
  const isTold = names.every((name) => description.includes(name))
  return `\`${param}=${value}\`: ${description}${isTold ? '' : ` (${names.join(', ')})`}`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

generatedFile(
  'docs/faults.md',
  `<!-- Generated from src/simulator/faults by \`npm run docs\`. -->

# Faults

Every way in which [the simulator](simulator.md) fails on demand: ${faults.length} of them. What a fault bills is \`nothing\`, the \`input\` alone, what was
\`produced\` before it struck, or \`all\`, because the answer was made and lost on its way. Where a fault has no sense, the answer stays as it
is, and log and invoice name none. \`GET /simulator/faults\` gives the same as JSON.

${sections.join('\n')}`,
)
