import { createHash } from 'node:crypto'

/** What an API takes as the id of a tool call. */
export interface IdRule {
  readonly maxLength: number
  /** Whether it takes letters, digits, `_` and `-` only. Default false. */
  readonly isPlain?: boolean
}

/**
 * The id of a tool call as an API takes it. An id only pairs a call with its result, so one that breaks the rule is written
 * another way, the same for the same id, and nothing is lost: other providers write `functions.look:0`, or more than 40 characters.
 */
export function fitId(id: string, { maxLength, isPlain = false }: IdRule): string {
  const plain = isPlain ? id.replace(/[^\w-]/g, '_') : id
  if (plain === id && id !== '' && id.length <= maxLength) return id
  const mark = createHash('sha256').update(id).digest('hex').slice(0, markLength)
  return `${plain.slice(0, maxLength - markLength - 1)}_${mark}`
}

const markLength = 10
