import { type Scorer, scoreOf, wantsExpected } from '../scorer.ts'
import { sameValue, shown } from './same-value.ts'

/** The output is what is expected, the whole of it; text without the white space around it. */
export function exact({ name = 'exact' }: { readonly name?: string } = {}): Scorer {
  return {
    name,
    check: wantsExpected,
    score({ output, case: { expected } }) {
      const isSame = sameValue(trimmed(output), trimmed(expected))
      return scoreOf(isSame, isSame ? undefined : `expected ${shown(expected)}, got ${shown(output)}`)
    },
  }
}

const trimmed = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value)
