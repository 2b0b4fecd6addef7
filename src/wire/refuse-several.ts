import type { Dialect } from '../core/dialect.ts'
import type { ModelRequest } from '../core/request.ts'
import { InvalidRequest } from '../errors/index.ts'

/** How dialects ask for more than one answer. */
const fields = [
  ['openai-chat', 'n'],
  ['gemini', 'generationConfig.candidateCount'],
] as const

/** Throws `InvalidRequest` where another dialect asks for more than one answer: one is carried across. */
export function refuseSeveral({ extensions }: Pick<ModelRequest, 'extensions'>, dialect: Dialect): void {
  for (const [spoken, field] of fields) {
    const count = extensions?.[spoken]?.[field]
    if (spoken === dialect || typeof count !== 'number' || count <= 1) continue
    throw new InvalidRequest(
      field,
      `one answer a call is given here; ${count} were asked for.`,
      'Make the call once an answer.',
    )
  }
}
