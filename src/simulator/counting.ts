import type { JsonObject } from './json.ts'
import type { Problem } from './problem.ts'

/** How a dialect counts the tokens of a request, in the provider's own words. */
export interface Counting {
  /** What the real provider would refuse the body of a count for, before it looks at the request in it. */
  check(body: JsonObject): Problem | undefined
  /** The request that is to be counted, as the dialect's own `check` and `read` take it. */
  request(body: JsonObject): JsonObject
  reply(tokens: number): object
}
