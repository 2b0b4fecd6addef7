import type { Stop } from './next-after.ts'
import type { Step } from './run-turn.ts'

/** Turns in a row in which one tool, asked for with the same arguments, gave the same result. */
const tooOften = 3

/**
 * Stops a model that goes round in circles: that asked for one tool with the same arguments in three turns in a row, and got the
 * same each time. Side by side in one turn counts once.
 */
export function watchRepeats(): (steps: readonly Step[]) => Stop | undefined {
  let before = new Map<string, number>()
  return (steps) => {
    const now = new Map<string, number>()
    let repeated: string | undefined
    for (const step of steps) {
      const key = sameness(step)
      const times = (before.get(key) ?? 0) + 1
      now.set(key, times)
      if (times >= tooOften) repeated ??= step.event.tool
    }
    before = now
    if (repeated === undefined) return undefined
    const detail = `"${repeated}" was asked for with the same arguments in ${tooOften} turns in a row, and gave the same.`
    return { by: 'repeating', detail }
  }
}

/** What a tool threw may be told to the model by its reference alone, which is another each time. */
function sameness({ block, answer: { outcome, text, errorMessage } }: Step): string {
  return JSON.stringify([block.name, canonical(block.input), outcome, outcome === 'failed' ? errorMessage : text])
}

/** Arguments written in another order, or with other white space, are the same. */
function canonical(input: string): string {
  try {
    return JSON.stringify(JSON.parse(input), sorted)
  } catch {
    return input
  }
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}
