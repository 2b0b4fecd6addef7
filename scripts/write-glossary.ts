import { globSync, readFileSync } from 'node:fs'
import { docComments } from './doc-comments.ts'
import { generatedFile } from './generated-file.ts'
import { isTest } from './rooms.ts'

/** The nouns of the project, in the order in which they explain each other, with the type whose doc comment defines each. */
const nouns: Readonly<Record<string, string>> = {
  Feature: 'Feature',
  Call: 'Call',
  Attempt: 'AttemptEvent',
  Reply: 'Reply',
  Delta: 'Delta',
  Handler: 'Handler',
  Stage: 'Stage',
  Block: 'Block',
  Dialect: 'Dialect',
  Provider: 'Provider',
  Target: 'Target',
  Alias: 'Alias',
  Route: 'Route',
  Tenant: 'Tenant',
  Key: 'Key',
  Scope: 'Scope',
  Event: 'SeamEvent',
  Ledger: 'Ledger',
  Reservation: 'Reservation',
  Lease: 'Lease',
  Budget: 'Budget',
  Price: 'Price',
  Rule: 'Rule',
  Decision: 'Decision',
  Tier: 'Tier',
  Suite: 'Suite',
  Case: 'Case',
  Scorer: 'Scorer',
  Judge: 'Judge',
  Verdict: 'Verdict',
  Baseline: 'Baseline',
  Document: 'Document',
  Chunk: 'Chunk',
  Index: 'Index',
  Citation: 'Citation',
  Abstention: 'Abstention',
  Tool: 'Tool',
  Effect: 'Effect',
  Principal: 'Principal',
  Run: 'Run',
  Step: 'Step',
  Approval: 'Approval',
}

/** The simulator is a stranger to the seam: its words are its own. */
const files = globSync('src/**/*.ts').filter((file) => !isTest(file) && !file.startsWith('src/simulator/'))
const definitions = new Map(
  files.sort().flatMap((file) =>
    docComments(readFileSync(file, 'utf8')).flatMap(({ text, above }) => {
      const name = /^export (?:interface|type|class|const) (\w+)/.exec(above)?.[1]
      return name ? [[name, { meaning: firstParagraph(text), file }] as const] : []
    }),
  ),
)

const rows = Object.entries(nouns).flatMap(([noun, type]) => {
  const definition = definitions.get(type)
  if (!definition) return []
  const { meaning, file } = definition
  return `**${noun}**: ${meaning} ([\`${type}\`](../${file}))`
})

generatedFile(
  'docs/glossary.md',
  `<!-- Generated from the types' doc comments by \`npm run docs\`. -->

# Glossary

The nouns of Inseam, each as the doc comment of its type defines it. Words of the field (token, prompt, embedding, recall,
TTFT) keep the meaning that they have there.

${rows.join('\n\n')}
`,
)

function firstParagraph(text: string): string {
  const [paragraph = ''] = text.trim().split(/\n\s*\n|\n@|\n- /)
  return paragraph.replaceAll(/\s+/g, ' ').replaceAll(/\{@link (\w+)\}/g, '`$1`')
}
