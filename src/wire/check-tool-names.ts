import type { ClientDialect, Dialect } from '../core/dialect.ts'
import type { ModelRequest } from '../core/request.ts'
import { InvalidRequest } from '../errors/index.ts'
import { placesOf } from './places.ts'

/** What an API takes as the name of a tool. */
export interface NameRule {
  readonly pattern: RegExp
  /** The same in words: `letters, digits, _ and -, 64 at most`. */
  readonly says: string
}

/** The rule of letters, digits, `_` and `-`. */
export function plainNames(maxLength: number): NameRule {
  return {
    pattern: new RegExp(`^[a-zA-Z0-9_-]{1,${maxLength}}$`),
    says: `letters, digits, _ and -, ${maxLength} at most`,
  }
}

/**
 * Throws `InvalidRequest`, which names the tool, for a name that the API would refuse. Another one is not made up: the model
 * reads the name, and features, instructions and records go by it. Who speaks the API's own dialect is answered by the API.
 */
export function checkToolNames(request: ModelRequest, rule: NameRule, dialect: Dialect, spoken: ClientDialect): void {
  if (spoken === dialect) return
  const field = spoken === 'openai-chat' ? 'function.name' : 'name'
  const check = (name: string, path: () => string): void => {
    if (rule.pattern.test(name)) return
    throw new InvalidRequest(
      `${path()}.${field}`,
      `${dialect} takes no tool of the name ${JSON.stringify(name.slice(0, 200))}: ${rule.says}.`,
      'Name it so that every target takes it: a letter first, then letters, digits, _ and -, 64 at most.',
    )
  }
  for (const [index, { name }] of (request.tools ?? []).entries()) check(name, () => `tools[${index}]`)
  for (const [index, { content }] of request.messages.entries()) {
    for (const [position, block] of content.entries()) {
      if (block.type !== 'tool-call') continue
      check(block.name, () => placesOf(request.messages, spoken)[index]!.block(position))
    }
  }
}
