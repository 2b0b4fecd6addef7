import { isJsonObject, type JsonValue } from '../core/json.ts'

/**
 * What dialects write to say what holds anyway. `role` only tells how they place a message that another places itself, `item`
 * and `part` how they number and sort what they sent.
 */
const defaults: ReadonlyMap<string, readonly string[]> = new Map([
  ['n', ['1']],
  ['store', ['false']],
  ['background', ['false']],
  ['truncation', ['"disabled"']],
  ['logprobs', ['false']],
  ['top_logprobs', ['0']],
  ['logit_bias', ['{}']],
  ['metadata', ['{}']],
  ['include', ['[]']],
  ['modalities', ['["text"]']],
  ['parallel_tool_calls', ['true']],
  ['service_tier', ['"auto"', '"default"']],
  ['speed', ['"standard"']],
  ['verbosity', ['"medium"']],
  ['response_format', ['{"type":"text"}']],
  ['detail', ['"auto"']],
  ['prompt_cache_options', ['{"mode":"implicit"}']],
  ['role', ['"developer"', '"system"']],
  ['field', ['"reasoning"', '"reasoning_content"']],
])

const placing: ReadonlySet<string> = new Set(['stream_options', 'item', 'part'])

/** Whether a field of another dialect can be left out without losing anything. */
export function saysNothing(key: string, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || placing.has(key)) return true
  return defaults.get(key)?.includes(JSON.stringify(value)) ?? false
}

/** The fields that an extension says, those inside `text` and `reasoning` one by one, each by its path. */
export function saidIn(extension: Readonly<Record<string, JsonValue>>): readonly (readonly [string, JsonValue])[] {
  return Object.entries(extension)
    .flatMap(([key, value]) =>
      (key === 'text' || key === 'reasoning') && isJsonObject(value)
        ? Object.entries(value).map(([inner, field]): [string, JsonValue] => [`${key}.${inner}`, field ?? null])
        : [[key, value] as const],
    )
    .filter(([path, value]) => !saysNothing(path.slice(path.lastIndexOf('.') + 1), value))
}
