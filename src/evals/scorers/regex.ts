import { type Scorer, scoreOf } from '../scorer.ts'
import { shown } from './same-value.ts'

/** The answer, as text, matches the pattern somewhere. */
export function regex(pattern: RegExp, { name = `regex ${pattern}` }: { readonly name?: string } = {}): Scorer {
  // Patterns with `g` or `y` remember where they were; cases must not.
  const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  return {
    name,
    score({ text }) {
      const isMatch = stateless.test(text)
      return scoreOf(isMatch, isMatch ? undefined : `${pattern} is not in ${shown(text)}`)
    },
  }
}
