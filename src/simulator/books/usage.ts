/** What a request's input is billed as: disjoint parts, in tokens. */
export interface InputUsage {
  readonly uncachedInput: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  /** Written to a cache whose lifetime the request does not choose, as with automatic caching. */
  readonly cacheWriteOther: number
}

/** What an exchange is billed as: disjoint parts, in tokens, but for `reasoning`, which is a subset of `output`. */
export interface Usage extends InputUsage {
  readonly output: number
  readonly reasoning: number
}

export const noUsage: Usage = {
  uncachedInput: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWriteOther: 0,
  output: 0,
  reasoning: 0,
}

export function totalInput(input: InputUsage): number {
  return input.uncachedInput + input.cacheRead + input.cacheWrite5m + input.cacheWrite1h + input.cacheWriteOther
}

export function addUsage(left: Usage, right: Usage): Usage {
  return {
    uncachedInput: left.uncachedInput + right.uncachedInput,
    cacheRead: left.cacheRead + right.cacheRead,
    cacheWrite5m: left.cacheWrite5m + right.cacheWrite5m,
    cacheWrite1h: left.cacheWrite1h + right.cacheWrite1h,
    cacheWriteOther: left.cacheWriteOther + right.cacheWriteOther,
    output: left.output + right.output,
    reasoning: left.reasoning + right.reasoning,
  }
}
