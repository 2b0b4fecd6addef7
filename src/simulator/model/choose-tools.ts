import type { ToolCallPart } from '../answer.ts'
import { type Ask, type AskedTool, lastUserText } from '../ask.ts'
import type { Random } from '../seeded-random.ts'
import { schemaInstance } from './schema-instance.ts'
import { subjectOf } from './subject.ts'
import { contentWords, sharedWords } from './words.ts'

/** The calls that the message calls for: none, the likeliest tool, or two where both clearly match and parallel calls are allowed. */
export function chooseTools(ask: Ask, random: Random): ToolCallPart[] {
  const { toolChoice } = ask
  if (ask.tools.length === 0 || toolChoice.type === 'none') return []
  const words = contentWords(lastUserText(ask))
  const offered =
    toolChoice.type === 'named' ? ask.tools.filter((tool) => toolChoice.names.includes(tool.name)) : ask.tools
  const used = new Set(ask.turns.map((turn) => turn.tool))
  const ranked = offered
    .map((tool) => ({ tool, ...likeness(tool, words) }))
    .sort(
      (left, right) => right.score - left.score || Number(used.has(left.tool.name)) - Number(used.has(right.tool.name)),
    )
  const [best, ...others] = ranked
  if (best === undefined || (toolChoice.type === 'auto' && best.score === 0)) return []
  const also =
    ask.parallelTools && toolChoice.type !== 'named' ? others.find((other) => addsName(other, best)) : undefined
  return [best, ...(also === undefined ? [] : [also])].map(({ tool }) => callOf(tool, lastUserText(ask), random))
}

interface Likeness {
  readonly score: number
  readonly inName: readonly string[]
  readonly all: readonly string[]
}

/** Words of the name count twice. */
function likeness(tool: AskedTool, words: readonly string[]): Likeness {
  const inName = sharedWords(contentWords(tool.name), words)
  const inDescription = sharedWords(contentWords(tool.description), words).filter((word) => !inName.includes(word))
  return { score: 2 * inName.length + inDescription.length, inName, all: [...inName, ...inDescription] }
}

/** Whether the message names something of this tool that the other does not account for. */
function addsName(other: Likeness, best: Likeness & { readonly tool: AskedTool }): boolean {
  const accounted = new Set([...best.all, ...contentWords(best.tool.description)])
  return other.inName.some((word) => !accounted.has(word))
}

/** A call with arguments that are drawn from the message. */
export function callOf(tool: AskedTool, message: string, random: Random): ToolCallPart {
  const text = subjectOf(message)
  const input =
    tool.kind === 'custom'
      ? text
      : JSON.stringify(schemaInstance({ type: 'object', ...tool.schema }, { text }, random, { optional: 'evidenced' }))
  return { type: 'tool-call', key: callKey(random), name: tool.name, input, kind: tool.kind }
}

export function callKey(random: Random): string {
  return Array.from(
    { length: 24 },
    () => 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'[Math.floor(random() * 57)],
  ).join('')
}
