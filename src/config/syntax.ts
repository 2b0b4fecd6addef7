import type { YAMLError } from 'yaml'

/** A broken start makes thousands of errors, of which the first few say it all. */
const mostErrors = 20

/** What is wrong with the YAML itself, in our words: the parser's own quote the text, secrets included. */
export function explainSyntax(errors: readonly YAMLError[], text: string) {
  const lines = new Set<number>()
  return errors.slice(0, mostErrors).flatMap(({ code, pos }) => {
    const offset = Math.min(pos[0], text.length)
    const start = text.lastIndexOf('\n', offset - 1) + 1
    // One mistake makes several errors on its line; the first one is the nearest to it.
    if (lines.has(start)) return []
    lines.add(start)
    const around = text.slice(Math.max(start, offset - 100), offset + 100).split('\n', 1)[0] ?? ''
    const [message, fix] = unquotedVariable.test(around) ? variableAdvice : (explanations[code] ?? otherwise)
    return [{ offset, message, fix }]
  })
}

type Explanation = readonly [message: string, fix: string]

const unquotedVariable = /[{[,].*[:,[]\s*\$\{/

const variableAdvice: Explanation = [
  'This is no YAML: inside { } and [ ] a variable needs quotes.',
  `Write "\${NAME}".`,
]
const otherwise: Explanation = ['This is no YAML.', 'Correct the line, or the one before it.']
const indentation: Explanation = [
  'This is no YAML: the indentation does not fit.',
  'Indent by two spaces for each level, alike within one map, and close each bracket above.',
]
const nameAndValue: Explanation = [
  'This is no YAML: a name and its value cannot be told apart here.',
  'Write "name: value" on a line of its own, and put a value that has ": " in it in quotes.',
]

const explanations: Readonly<Partial<Record<string, Explanation>>> = {
  TAB_AS_INDENT: ['This is no YAML: a tab indents the line.', 'Indent with spaces.'],
  BAD_INDENT: indentation,
  BLOCK_IN_FLOW: indentation,
  BLOCK_AS_IMPLICIT_KEY: nameAndValue,
  MULTILINE_IMPLICIT_KEY: nameAndValue,
  KEY_OVER_1024_CHARS: nameAndValue,
  MISSING_CHAR: [
    'This is no YAML: something is not closed, or a character is missing.',
    'Check quotes, brackets, commas, and the space after each colon.',
  ],
  BAD_DQ_ESCAPE: ['This is no YAML: the escape after the backslash is unknown.', 'Write \\\\ for a backslash.'],
  BAD_SCALAR_START: ['This is no YAML: a value cannot begin with this character.', 'Put the value in quotes.'],
  RESOURCE_EXHAUSTION: ['The file is nested too deep.', 'Write it flatter.'],
  MULTIPLE_DOCS: ['The file holds more than one document.', 'Remove the "---" between them.'],
  TAG_RESOLVE_FAILED: ['Tags are not used here.', 'Remove the word that begins with "!".'],
}
