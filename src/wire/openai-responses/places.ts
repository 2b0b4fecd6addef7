import type { Block, Message } from '../../core/message.ts'
import type { Place } from '../place.ts'
import { groupBlocks } from './group-blocks.ts'

/**
 * The places of messages as the Responses API counts them: a leading system prompt stands apart, in `instructions`; each tool
 * result, tool call and stretch of reasoning is an item of its own.
 */
export function placesOf(messages: readonly Message[]): readonly Place[] {
  let next = 0
  return messages.map((message, index) => {
    if (index === 0 && isInstructions(message)) return { message: 'instructions', block: () => 'instructions' }
    const paths = message.role === 'assistant' ? spoken(message.content, next) : heard(message.content, next)
    next += paths.count
    return { message: paths.message, block: (at) => paths.blocks[at] ?? paths.message }
  })
}

/** Whether a message is what `instructions` says: a system message that did not come as an item, and that carries no mark of the prompt cache. */
export function isInstructions({ role, extras, content }: Message): boolean {
  const [only] = content
  const isPlain = content.length === 1 && only?.type === 'text' && !only.extras && !only.cache
  return role === 'system' && extras?.fields.role === undefined && isPlain
}

interface Paths {
  readonly count: number
  readonly message: string
  readonly blocks: readonly string[]
}

function heard(content: readonly Block[], first: number): Paths {
  const results = content.filter(({ type }) => type === 'tool-result').length
  const message = `input[${first + results}]`
  const count = results === 0 ? 1 : results + (results < content.length ? 1 : 0)
  let result = first
  let part = 0
  const blocks = content.map(({ type }) =>
    type === 'tool-result' ? `input[${result++}]` : `${message}.content[${part++}]`,
  )
  return { count, message, blocks }
}

function spoken(content: readonly Block[], first: number): Paths {
  const groups = groupBlocks(content)
  const blocks = groups.flatMap(({ kind, blocks }, g) =>
    blocks.map((_, part) => (kind === 'message' ? `input[${first + g}].content[${part}]` : `input[${first + g}]`)),
  )
  return { count: groups.length, message: `input[${first}]`, blocks }
}
