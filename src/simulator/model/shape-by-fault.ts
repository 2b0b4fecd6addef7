import type { Answer } from '../answer.ts'
import type { Ask } from '../ask.ts'
import type { Fault } from '../faults/faults.ts'
import type { Random } from '../seeded-random.ts'

/** The answer as the fault leaves it, for the faults that are the model's own. */
export function shapeByFault(answer: Answer, _fault: Fault, _ask: Ask, _random: Random): Answer {
  return answer
}
