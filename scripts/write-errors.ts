import { type Advice, type CodeFacts, errorCodes } from '../src/errors/index.ts'
import { generatedFile } from './generated-file.ts'

const advice: Readonly<Record<Advice, string>> = {
  'retry-then-fall-back': 'the same target again, within its attempts and the retry budget, then the next one',
  'retry-once': 'the same target once more, then the next one',
  wait: 'the same target after the wait that it stated, if the deadline allows; else the next one',
  'fall-back': 'the next target at once',
  stop: 'nothing: nobody could answer this call better',
}

const rows = Object.entries<CodeFacts>(errorCodes).map(
  ([code, { meaning, status, advice, tripsBreaker }]) =>
    `| \`${code}\` | ${meaning} | ${status} | ${advice} | ${tripsBreaker ? 'yes' : ''} |`,
)

generatedFile(
  'docs/errors.md',
  `<!-- Generated from src/errors/codes.ts by \`npm run docs\`. -->

# Errors

Everything that Inseam throws is an \`InseamError\`: \`code\` is one of these, \`message\` says what happened, and \`fix\` what
to do about it. Over HTTP the status is the one given here, and the body is an error of the client's own dialect.

| code | what it means | status | what the seam does | counts against the breaker |
|---|---|---|---|---|
${rows.join('\n')}

What the seam does, in full:

${Object.entries(advice)
  .map(([name, meaning]) => `- **${name}**: ${meaning}.`)
  .join('\n')}
`,
)
