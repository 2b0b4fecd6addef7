import { grouped } from '../core/figures.ts'
import type { JsonValue } from '../core/json.ts'
import type { ModelRequest } from '../core/request.ts'
import { InseamError, ReplyUnreadable } from '../errors/index.ts'

/**
 * The vectors of a reply, one for each input. Throws `ReplyUnreadable` for another number of them, for what is no list of
 * finite numbers, and for different lengths; `operation-unsupported` where the target ignored `dimensions`.
 */
export function checkVectors(
  found: readonly (JsonValue | Float32Array | undefined)[],
  { messages, dimensions }: Pick<ModelRequest, 'messages' | 'dimensions'>,
  target: string,
): readonly (readonly number[])[] {
  const expected = messages.length
  if (found.length !== expected) {
    throw new ReplyUnreadable(target, `${grouped(found.length)} vectors for ${grouped(expected)} inputs`)
  }
  const vectors = found.map((vector, index) => {
    const numbers = vector instanceof Float32Array ? Array.from(vector) : vector
    if (isVector(numbers)) return numbers
    throw new ReplyUnreadable(target, `a vector that is no list of finite numbers (${index})`)
  })
  const length = vectors[0]?.length ?? 0
  const other = vectors.find((vector) => vector.length !== length)
  if (other) throw new ReplyUnreadable(target, `vectors of ${grouped(length)} and of ${grouped(other.length)} numbers`)
  if (dimensions !== undefined && length !== dimensions) throw ignored(target, length, dimensions)
  return vectors
}

function isVector(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((number) => Number.isFinite(number))
}

function ignored(target: string, length: number, dimensions: number): InseamError {
  const found = `${target} gave vectors of ${grouped(length)} numbers where ${grouped(dimensions)} were asked for.`
  return new InseamError('operation-unsupported', found, {
    fix: 'Leave `dimensions` out, or name a model that can shorten its vectors.',
  })
}
