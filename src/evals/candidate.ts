import { type Cost, noCost } from '../core/cost.ts'
import { decidedBy } from '../core/decision.ts'
import { asInseamError, type ErrorCode, type InseamError } from '../errors/index.ts'
import type { FeatureResult } from '../patterns/run-feature.ts'

/** What the feature gave for a case. */
export type Candidate =
  | {
      readonly type: 'answered'
      readonly result: FeatureResult
      readonly output: unknown
      readonly text: string
      readonly decidedBy: string
      readonly target?: string
      readonly cost: Cost
    }
  /** No answer to score. `isItsFault`: of the feature or the model's answer; else nobody could tell how good it would be. */
  | {
      readonly type: 'failed'
      readonly isItsFault: boolean
      readonly code: string
      readonly message: string
      readonly cost: Cost
    }

/**
 * Failures that are the candidate's own: the same in production, for the same input. Anything else (no connection, no quota, out
 * of time) says nothing about how good it is.
 */
const ownFaults: ReadonlySet<string> = new Set([
  'output-invalid',
  'reply-incomplete',
  'content-blocked',
  'context-exceeded',
  'decision-failed',
  'prompt-failed',
  'feature-invalid',
] satisfies ErrorCode[])

/** What a result offers to scorers. An answer that the model did not finish is a failure of its own. */
export function candidateOf(result: FeatureResult): Candidate {
  switch (result.pattern) {
    case 'extract': {
      const { output, decidedBy, cost, reply } = result.result
      return { type: 'answered', result, output, text: textOf(output), decidedBy, target: reply.target, cost }
    }
    case 'complete': {
      const reply = result.result
      const { ending, text, cost, target } = reply
      if (ending.type !== 'completed')
        return incomplete(`The reply is ${ending.type}${'by' in ending ? ` (${ending.by})` : ''}.`, cost)
      const by = reply.source === 'cache' ? 'cache' : decidedBy(reply)
      return { type: 'answered', result, output: text, text, decidedBy: by, target, cost }
    }
    case 'answer': {
      const { decidedBy, cost, reply, ...answer } = result.result
      const text = answer.type === 'grounded' ? answer.text : ''
      return { type: 'answered', result, output: text, text, decidedBy, target: reply.target, cost }
    }
    case 'act': {
      const run = result.result
      if (run.type === 'stopped') return incomplete(`The run was stopped (${run.by}): ${run.detail}`, run.cost)
      const { text, decidedBy, cost, reply } = run
      return { type: 'answered', result, output: text, text, decidedBy, target: reply.target, cost }
    }
  }
}

/** What an error says about the candidate. */
export function candidateThatThrew(thrown: unknown): Candidate & { readonly type: 'failed' } {
  const error: InseamError = asInseamError(thrown)
  const { code, message, arrived } = error
  return { type: 'failed', isItsFault: ownFaults.has(code), code, message, cost: arrived?.cost ?? noCost }
}

const incomplete = (message: string, cost: Cost): Candidate => ({
  type: 'failed',
  isItsFault: true,
  code: 'reply-incomplete',
  message,
  cost,
})

const textOf = (output: unknown): string => (typeof output === 'string' ? output : (JSON.stringify(output) ?? ''))
