import type { Message } from '../../core/message.ts'
import type { OutputIssue } from '../../errors/index.ts'

const maxIssues = 20
const maxPath = 200
const maxMessage = 300

/**
 * What a corrective turn adds to a conversation: the model's answer, and a message that holds the paths that failed, with what was
 * expected and found there, and nothing else. At most 20 of them, each cut to what can be read. `prefix` is where in the answer the value stands.
 */
export function writeCorrection(text: string, issues: readonly OutputIssue[], prefix: string): Message[] {
  const listed = issues.slice(0, maxIssues).map((issue) => line(issue, prefix))
  const rest = issues.length - listed.length
  if (rest > 0) listed.push(`- and ${rest} more`)
  const correction: Message = {
    role: 'user',
    content: [{ type: 'text', text: `${ask}\n\n${listed.join('\n')}` }],
  }
  // Providers refuse a turn without words.
  if (text.trim() === '') return [correction]
  return [{ role: 'assistant', content: [{ type: 'text', text: text.trimEnd() }] }, correction]
}

const ask =
  'Your answer does not match the schema that was asked for. Correct what is listed here, and answer with the whole JSON value again and nothing else.'

function line({ path, message, found }: OutputIssue, prefix: string): string {
  const place = [prefix, path].filter((part) => part !== '').join(path.startsWith('[') ? '' : '.')
  const where = place === '' ? '' : `${oneLine(place, maxPath)}: `
  const what = oneLine(message.replace(/\.$/, ''), maxMessage)
  return `- ${where}${what}.${found === undefined ? '' : ` Found: ${oneLine(found, maxMessage)}`}`
}

function oneLine(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > most ? `${line.slice(0, most)}…` : line
}
