import { catalogue } from '../providers/catalogue.ts'
import { configJsonSchema } from './json-schema.ts'

let words: ReadonlySet<string> | undefined

/** The words of the configuration itself, which are nobody's secret: its keys, the values that it lists, known hosts and models. */
export function vocabulary(): ReadonlySet<string> {
  words ??= new Set([
    ...wordsOf(configJsonSchema()),
    ...catalogue.flatMap(({ name, models }) => [name, ...models]),
    ...['http', 'https', 'localhost', 'smart', 'default', 'feature'],
  ])
  return words
}

function wordsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const own = 'enum' in schema && Array.isArray(schema.enum) ? schema.enum.map(String) : []
  const keys = 'properties' in schema ? Object.keys(schema.properties as object) : []
  return [...own, ...keys, ...Object.values(schema).flatMap(wordsOf)]
}
