import type { Decider } from '../core/decision.ts'

/** Answers an input without a model, or abstains. */
export interface Rule<Input, Output = string> {
  readonly name: string
  readonly source: Decider['source']
  /** The answer; undefined abstains. */
  answer(input: Input, signal: AbortSignal): Output | undefined | Promise<Output | undefined>
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
export function rule<Input, Output = string>(
  name: string,
  when: (input: Input) => boolean,
  answer: Output,
): Rule<Input, Output> {
  return { name, source: 'rule', answer: (input) => (when(input) ? answer : undefined) }
}

/** An exact look-up: where `find` knows the answer (the price of an item, say), no model can make one up. */
export function lookup<Input, Output = string>(name: string, find: Rule<Input, Output>['answer']): Rule<Input, Output> {
  return { name, source: 'lookup', answer: find }
}

/** `rule` and `lookup` as a feature hands them to its `decide`: they know its input and output. */
export interface RuleMakers<Input, Output> {
  rule(name: string, when: (input: Input) => boolean, answer: Output): Rule<Input, Output>
  lookup(name: string, find: Rule<Input, Output>['answer']): Rule<Input, Output>
}

/** The rules of a feature: a list of those made elsewhere, or a function that makes them where the feature's types are known. */
export type Rules<Input, Output> = readonly Rule<Input, Output>[] | MakesRules<Input, Output>['make']

/** A method, so that a feature of one output is also a feature of "some output": methods are compared both ways. */
interface MakesRules<Input, Output> {
  make(makers: RuleMakers<Input, Output>): readonly Rule<Input, Output>[]
}

/** The rules as the pipeline carries them, bound to one input. The answer of the one that decides is also told to `decided`, as it is. */
export function bindRules<Input, Output>(
  rules: Rules<Input, Output>,
  input: Input,
  decided?: (answer: Output) => void,
): Decider[] {
  const list = typeof rules === 'function' ? rules({ rule, lookup }) : rules
  return list.map((rule) => ({
    name: rule.name,
    source: rule.source,
    async decide(signal) {
      const answer = await rule.answer(input, signal)
      if (answer === undefined) return undefined
      decided?.(answer)
      return { content: [{ type: 'text', text: typeof answer === 'string' ? answer : JSON.stringify(answer) }] }
    },
  }))
}
