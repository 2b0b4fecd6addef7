import { isObject, type JsonObject } from '../json.ts'

const names: ReadonlySet<string> = new Set(['usage', 'usageMetadata'])
const outputs: ReadonlySet<string> = new Set([
  'completion_tokens',
  'output_tokens',
  'reasoning_tokens',
  'thinking_tokens',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'outputTokens',
])
const totals: ReadonlySet<string> = new Set(['total_tokens', 'totalTokenCount', 'totalTokens'])

/** The JSON without the usage in it. */
export function withoutUsage(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value) => (names.has(key) ? undefined : value))
}

/** The JSON with each number of the usage in it made into something that it cannot be. */
export function wrongUsage(json: string, as: string): string {
  const lie = lies[as] ?? lies.negative!
  return withUsage(json, (usage) => JSON.stringify(usage).replace(/:(\d+)(?=[,}])/g, (_, count) => `:${lie(count)}`))
}

/** The JSON with usage as it was when only this share of the output, 0 to 1, was written. */
export function usageSoFar(json: string, share: number): string {
  return withUsage(json, (usage) => JSON.stringify(partly(usage, share)))
}

const lies: Readonly<Record<string, (count: string) => string>> = {
  negative: (count) => `-${Number(count) || 1}`,
  absurd: (count) => String((Number(count) || 1) * 1_000_000),
  huge: () => `1${'0'.repeat(30)}`,
  infinite: () => '1e999',
  'not-a-number': () => 'NaN',
  fraction: (count) => `${count}.5`,
  text: (count) => `"${count}"`,
  null: () => 'null',
  zero: () => '0',
}

/** What stands in its place is written as text, since it may be no JSON. */
function withUsage(json: string, write: (usage: JsonObject) => string): string {
  const written: string[] = []
  const marked = JSON.stringify(JSON.parse(json), (key, value) =>
    names.has(key) && isObject(value) ? `\u{e001}${written.push(write(value))}` : value,
  )
  return marked.replace(/"\u{e001}(\d+)"/gu, (_, at) => written[Number(at) - 1]!)
}

function partly(usage: JsonObject, share: number): JsonObject {
  let missing = 0
  const scaled = Object.entries(usage).map(([key, value]): [string, unknown] => {
    if (isObject(value)) return [key, partly(value, share)]
    if (typeof value !== 'number' || !outputs.has(key)) return [key, value]
    const sofar = Math.floor(value * share)
    missing += value - sofar
    return [key, sofar]
  })
  return Object.fromEntries(
    scaled.map(([key, value]) => [key, totals.has(key) && typeof value === 'number' ? value - missing : value]),
  )
}
