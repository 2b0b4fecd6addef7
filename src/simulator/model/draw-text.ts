import { asText, type JsonObject } from '../json.ts'
import type { Random } from '../seeded-random.ts'
import type { Drawn } from './drawn.ts'
import type { Evidence } from './evidence.ts'
import { textByFormat } from './text-by-format.ts'
import { textByName } from './text-by-name.ts'
import { textFromPattern } from './text-from-pattern.ts'

/** A text that satisfies the schema and suits the name, from the evidence where it can be. */
export function drawText(schema: JsonObject, name: string, evidence: Evidence, random: Random): Drawn {
  const found =
    textByFormat(asText(schema.format), evidence.text, random) ??
    textByName(name, asText(schema.description), evidence, random)
  if (typeof schema.pattern === 'string') return patterned(schema.pattern, found, evidence.text, random)
  return { ...found, value: fitted(asText(found.value), schema) }
}

/** Something in the text that matches, else something made to match. */
function patterned(pattern: string, found: Drawn, text: string, random: Random): Drawn {
  const matcher = compiled(pattern)
  if (matcher === undefined || matcher.test(asText(found.value))) return found
  const words = text.split(/[\s,;:!?()"“”]+/).map((word) => word.replace(/\.$/, ''))
  const inside = words.find((word) => matcher.test(word))
  if (inside !== undefined) return { value: inside, evidenced: true }
  return { value: textFromPattern(pattern, random), evidenced: false }
}

function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u')
  } catch {
    return undefined
  }
}

function fitted(text: string, schema: JsonObject): string {
  const least = Number(schema.minLength ?? 0)
  const most = Number(schema.maxLength ?? Number.POSITIVE_INFINITY)
  const characters = [...text]
  if (characters.length > most) return characters.slice(0, most).join('').trimEnd().padEnd(Math.min(least, most), '.')
  return characters.length < least ? text.padEnd(least, text === '' ? '.' : ` ${text}`) : text
}
