import type { Decider } from '../core/decision.ts'

/** Answers an input without a model, or abstains. */
export interface Rule<Input> {
  readonly name: string
  readonly source: Decider['source']
  /** The answer's text; undefined abstains. */
  answer(input: Input, signal: AbortSignal): string | undefined | Promise<string | undefined>
}

/**
 * A rule: where `when` holds, `answer` is the answer and no model is asked.
 *
 * @example
 * ```ts
 * import { rule } from 'inseam'
 *
 * const empty = rule('empty ticket', ({ ticket }: { ticket: string }) => ticket.trim() === '', 'There is nothing to summarise.')
 * console.assert(empty.answer({ ticket: ' ' }, new AbortController().signal) === 'There is nothing to summarise.')
 * ```
 */
export function rule<Input>(name: string, when: (input: Input) => boolean, answer: string): Rule<Input> {
  return { name, source: 'rule', answer: (input) => (when(input) ? answer : undefined) }
}

/** An exact look-up: where `find` knows the answer (the price of an item, say), no model can make one up. */
export function lookup<Input>(name: string, find: Rule<Input>['answer']): Rule<Input> {
  return { name, source: 'lookup', answer: find }
}

/** The rules as the pipeline carries them, bound to one input. */
export function bindRules<Input>(rules: readonly Rule<Input>[], input: Input): Decider[] {
  return rules.map((rule) => ({
    name: rule.name,
    source: rule.source,
    async decide(signal) {
      const text = await rule.answer(input, signal)
      return text === undefined ? undefined : { content: [{ type: 'text', text }] }
    },
  }))
}
