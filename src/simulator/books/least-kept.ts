/** The shortest prompts that are kept where a request marks them, in tokens; each also for the names that go on from it, as a date or Bedrock's do. */
const leastKept: readonly (readonly [model: string, tokens: number])[] = [
  ['claude-opus-4-5', 4096],
  ['claude-opus-4-6', 4096],
  ['claude-opus-4-7', 4096],
  ['claude-opus-4-8', 1024],
  ['claude-opus-5', 512],
  ['claude-fable-5', 512],
  ['claude-sonnet-4-6', 2048],
  ['claude-haiku-4-5', 4096],
]
const usual = 1024

/** The shortest prompt that this model keeps, in tokens. */
export function leastKeptTokens(model: string): number {
  const named = leastKept.find(([name]) => new RegExp(`(^|[./])${name}(-20\\d{6}|-v\\d|[@:]|$)`).test(model))
  return named?.[1] ?? usual
}
