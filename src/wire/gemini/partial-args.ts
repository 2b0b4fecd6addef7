import type { JsonObject, JsonValue } from '../../core/json.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { text } from './extras.ts'

/** Puts the arguments of a function call together from the pieces that a stream brings, each with its place. */
export interface PartialArguments {
  /** Throws `ReplyUnreadable` for a place that cannot be. */
  add(piece: JsonObject): void
  /** The arguments as JSON text. */
  json(): string
}

type Grown = { [step: string]: Grown | JsonValue } | (Grown | JsonValue)[]

/** A list grows item by item: a place beyond its end is refused, and costs no memory. */
export function partialArguments(target: string): PartialArguments {
  const root: Grown = Object.create(null)
  const astray = (path: string) =>
    new ReplyUnreadable(target, `a piece of arguments without a place (${JSON.stringify(path.slice(0, 80))})`)
  return {
    add: (piece) => {
      const path = text(piece.jsonPath)
      const steps = stepsOf(path)
      const last = steps?.at(-1)
      if (!steps || last === undefined) throw astray(path)
      let at: Grown = root
      for (const [index, step] of steps.slice(0, -1).entries()) {
        const before = get(at, step)
        const next: Grown =
          before !== null && typeof before === 'object'
            ? (before as Grown)
            : typeof steps[index + 1] === 'number'
              ? []
              : Object.create(null)
        if (!set(at, step, next)) throw astray(path)
        at = next
      }
      const before = get(at, last)
      const value = pieceOf(piece)
      const grown = typeof before === 'string' && typeof value === 'string' ? before + value : value
      if (!set(at, last, grown)) throw astray(path)
    },
    json: () => JSON.stringify(root),
  }
}

function pieceOf({ stringValue, numberValue, boolValue }: JsonObject): JsonValue {
  return stringValue ?? numberValue ?? boolValue ?? null
}

function get(at: Grown, step: string | number): Grown | JsonValue | undefined {
  return Array.isArray(at) ? at[Number(step)] : at[step]
}

function set(at: Grown, step: string | number, value: Grown | JsonValue): boolean {
  if (!Array.isArray(at)) {
    at[step] = value
    return typeof step === 'string'
  }
  if (typeof step !== 'number' || step > at.length) return false
  at[step] = value
  return true
}

const maxSteps = 64

/** The steps of `$.recipe.ingredients[0].name`, or of `$['a key']`; undefined for anything else. */
function stepsOf(path: string): (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined
  const steps: (string | number)[] = []
  const step = /\.([^.[\]]+)|\[(\d{1,9})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y
  let at = 1
  while (at < path.length) {
    step.lastIndex = at
    const found = step.exec(path)
    if (!found || steps.length === maxSteps) return undefined
    const [, name, index, single, double] = found
    steps.push(index === undefined ? (name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1')) : Number(index))
    at = step.lastIndex
  }
  return steps
}
