import type { KnownCase } from '../case.ts'
import { type Scorer, scoreOf } from '../scorer.ts'
import { shown } from './same-value.ts'

/** What {@link contains} looks for, and how. */
export interface ContainsOptions {
  /** Text that must be there, all of it. Default: `expected` of the case, text or a list of texts. */
  readonly text?: string | readonly string[]
  /** Whether capitals count. Default false. */
  readonly isCaseSensitive?: boolean
  /** Default `contains`. */
  readonly name?: string
}

/** The answer, as text, has the expected text in it. */
export function contains({ text, isCaseSensitive = false, name = 'contains' }: ContainsOptions = {}): Scorer {
  const wanted = (known: KnownCase): readonly string[] | undefined => textsOf(text ?? known.expected)
  const folded = (each: string) => (isCaseSensitive ? each : each.toLowerCase())
  return {
    name,
    check: (known) =>
      wanted(known) === undefined ? '`expected` is neither text nor a list of texts, and it looks for none' : undefined,
    score(trial) {
      const found = folded(trial.text)
      const missing = wanted(trial.case)?.find((each) => !found.includes(folded(each)))
      return scoreOf(missing === undefined, missing === undefined ? undefined : `without ${shown(missing)}`)
    },
  }
}

function textsOf(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value) ? value : [value]
  const isText = list.length > 0 && list.every((each) => typeof each === 'string' && each !== '')
  return isText ? list : undefined
}
