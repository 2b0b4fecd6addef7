import type { KnownCase } from '../case.ts'
import { type Scorer, scoreOf, type Trial } from '../scorer.ts'
import { atPath, sameValue, shown } from './same-value.ts'

/**
 * One field of the output is what is expected: `field('category')`, `field('items.0.price')`. Expected is the same field of
 * `expected` where that has fields, else `expected` itself. Of a feature without an output schema it is a field of all that the
 * pattern gave: `type` of an answer (`grounded`, `abstained`), `ending.type` of a reply.
 */
export function field(path: string, { name = `field ${path}` }: { readonly name?: string } = {}): Scorer {
  return {
    name,
    check: (known) => (expectedAt(known, path) === undefined ? `\`expected\` has no "${path}"` : undefined),
    score(trial) {
      const expected = expectedAt(trial.case, path)
      const found = atPath(wholeOf(trial), path)
      const isSame = sameValue(found, expected)
      return scoreOf(isSame, isSame ? undefined : `${path}: expected ${shown(expected)}, got ${shown(found)}`)
    },
  }
}

const expectedAt = ({ expected }: KnownCase, path: string): unknown =>
  typeof expected === 'object' && expected !== null ? atPath(expected, path) : expected

const wholeOf = ({ result, output }: Trial): unknown => (result.pattern === 'extract' ? output : result.result)
