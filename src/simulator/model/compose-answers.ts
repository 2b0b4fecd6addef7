import type { Answer } from '../answer.ts'
import type { Ask } from '../ask.ts'
import type { Fault } from '../faults/faults.ts'
import type { ScriptedReply } from '../scenario/scenario.ts'
import { digest, seededRandom } from '../seeded-random.ts'
import { composeAnswer } from './compose-answer.ts'
import { limitAnswer, stopAnswer } from './limit-answer.ts'
import { shapeByFault } from './shape-by-fault.ts'

/** What the model says, one answer for each choice: always the same for the same seed, question, script and fault. */
export function composeAnswers(ask: Ask, seed: number, scripted?: ScriptedReply, fault?: Fault): Answer[] {
  const question = digest(JSON.stringify([ask.instructions, ask.turns]))
  return Array.from({ length: ask.choices }, (_, choice) => {
    const random = seededRandom(seed, question, choice)
    const whole = composeAnswer(ask, random, scripted)
    const shaped = fault === undefined ? whole : shapeByFault(whole, fault, ask, random)
    return limitAnswer(stopAnswer(shaped, ask.stopSequences), ask.maxOutputTokens)
  })
}
