import type { DialectName } from '../dialect.ts'
import type { Fault } from '../faults/faults.ts'
import { type ParsedFault, parseFaultHeader, parseModelName } from '../faults/parse-fault.ts'
import { seededRandom } from '../seeded-random.ts'
import type { Pace, Scenario, ScenarioCondition, ScriptedReply } from './scenario.ts'

/** What is to happen to one request. */
export interface Behaviour {
  /** The model without a fault written after its name. */
  readonly model: string
  readonly fault?: Fault
  readonly reply?: ScriptedReply
  readonly pace: Required<Pace>
  /** What is wrong with the fault that the request names. */
  readonly problem?: string
}

interface BehaviourQuestion {
  /** As asked, a fault after its name included. */
  readonly model: string
  readonly header: string | undefined
  readonly dialect: DialectName
  readonly streamed: boolean
}

/** Decides, request by request, and remembers how many there were. */
export type ChooseBehaviour = (question: BehaviourQuestion) => Behaviour

/** The header decides first, then the model's name, then the scenario; reply and pace come from the scenario in any case. */
export function chooseBehaviour(scenario: Scenario, seed: number, pace: Pace): ChooseBehaviour {
  const timesMatched = scenario.rules.map(() => 0)
  const timesAsked = new Map<string, number>()

  function matchingRule(question: BehaviourQuestion, model: string) {
    return scenario.rules.find((rule, index) => {
      if (!matches(rule.when, question, model)) return false
      const time = ++timesMatched[index]!
      const { from = 1, to = Number.POSITIVE_INFINITY } = rule.when?.request ?? {}
      if (time < from || time > to) return false
      return rule.probability === undefined || seededRandom(seed, 'rule', index, time)() < rule.probability
    })
  }

  function faultInName(question: BehaviourQuestion): ParsedFault | undefined {
    const named = parseModelName(question.model)
    if (named.problem !== undefined) return { problem: named.problem }
    if (named.fault === undefined) return undefined
    const time = (timesAsked.get(question.model) ?? 0) + 1
    if (Number.isFinite(named.firstRequests)) timesAsked.set(question.model, time)
    return time <= named.firstRequests ? { fault: named.fault } : undefined
  }

  return function behaviour(question) {
    const { model } = parseModelName(question.model)
    const rule = matchingRule(question, model)
    const inName = faultInName(question)
    const chosen = question.header !== undefined ? parseFaultHeader(question.header) : inName
    const fault = chosen !== undefined && 'fault' in chosen ? chosen.fault : rule?.fault
    return {
      model,
      pace: { firstTokenMs: 0, tokenMs: 0, ...pace, ...scenario.pace, ...rule?.pace },
      ...(fault !== undefined && { fault }),
      ...(rule?.reply !== undefined && { reply: rule.reply }),
      ...(chosen !== undefined && 'problem' in chosen && { problem: chosen.problem }),
    }
  }
}

function matches(when: ScenarioCondition | undefined, question: BehaviourQuestion, model: string): boolean {
  if (when === undefined) return true
  if (when.dialect !== undefined && when.dialect !== question.dialect) return false
  if (when.stream !== undefined && when.stream !== question.streamed) return false
  return when.model === undefined || likeness(when.model).test(model)
}

function likeness(pattern: string): RegExp {
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literal.join('.*')}$`)
}
