import type { Answer } from '../answer.ts'
import type { Ask } from '../ask.ts'
import type { Fault } from '../faults/faults.ts'
import type { ScriptedReply } from '../scenario/scenario.ts'
import { digest, seededRandom } from '../seeded-random.ts'
import { composeAnswer } from './compose-answer.ts'
import { limitAnswer, stopAnswer } from './limit-answer.ts'
import { shapeByFault } from './shape-by-fault.ts'

/** What the model says, one answer for each choice: always the same for the same seed, question, script and faults. */
export function composeAnswers(
  ask: Ask,
  seed: number,
  scripted?: ScriptedReply,
  faults: readonly Fault[] = [],
): Answer[] {
  const question = digest(JSON.stringify([ask.instructions, ask.turns]))
  const ignoresLimit = faults.some(({ type }) => type === 'max-tokens-ignored')
  return Array.from({ length: ask.choices }, (_, choice) => {
    const random = seededRandom(seed, question, choice)
    const whole = composeAnswer(ask, random, scripted)
    const shaped = faults.reduce((answer, fault) => shapeByFault(answer, fault, ask, random), whole)
    const stopped = stopAnswer(shaped, ask.stopSequences)
    return ignoresLimit ? stopped : limitAnswer(stopped, ask.maxOutputTokens)
  })
}
