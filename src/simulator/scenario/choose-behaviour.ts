import type { IncomingHttpHeaders } from 'node:http'
import type { DialectName } from '../dialect.ts'
import { composes, type Fault, faultKind } from '../faults/faults.ts'
import { type ParsedFault, parseFaultHeader, parseModelName } from '../faults/parse-fault.ts'
import { seededRandom } from '../seeded-random.ts'
import { durationMs } from './duration.ts'
import type {
  Pace,
  Scenario,
  ScenarioCondition,
  ScenarioRule,
  ScenarioStep,
  ScenarioTime,
  ScriptedReply,
} from './scenario.ts'

/** What is to happen to one request. */
export interface Behaviour {
  /** The model without a fault written after its name. */
  readonly model: string
  /** All that strike. */
  readonly faults: readonly Fault[]
  /** The one of them that decides where only one can. */
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
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The credential that the request shows; empty where it shows none. */
  readonly key: string
}

/** Decides, request by request, and remembers how many there were. */
export type ChooseBehaviour = (question: BehaviourQuestion) => Behaviour

/** The header decides first, then the model's name, then the scenario; reply and pace come from the scenario in any case. */
export function chooseBehaviour(scenario: Scenario, seed: number, pace: Pace, now: () => number): ChooseBehaviour {
  const beganAt = now()
  const timesMatched = scenario.rules.map(() => 0)
  const timesApplied = scenario.rules.map(() => 0)
  const timesAsked = new Map<string, number>()

  function matchingRule(question: BehaviourQuestion, model: string) {
    const found = scenario.rules.find((rule, index) => {
      if (!matches(rule.when, question, model) || !isTime(rule.when?.time, now() - beganAt)) return false
      const time = ++timesMatched[index]!
      const { from = 1, to = Number.POSITIVE_INFINITY } = rule.when?.request ?? {}
      if (time < from || time > to) return false
      if (rule.probability !== undefined && seededRandom(seed, 'rule', index, time)() >= rule.probability) return false
      if (rule.sequence === undefined) return true
      return stepAt(rule, timesApplied[index]!) !== undefined
    })
    if (found?.sequence === undefined) return found
    return { ...found, ...stepAt(found, timesApplied[scenario.rules.indexOf(found)]!++) }
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
    const named = chosen !== undefined && 'fault' in chosen ? chosen.fault : (rule?.fault ?? [])
    const faults = [named].flat().filter((fault) => hasSense(fault, question))
    const fault = decisive(faults)
    return {
      model,
      pace: { firstTokenMs: 0, tokenMs: 0, ...pace, ...scenario.pace, ...rule?.pace },
      faults,
      ...(fault !== undefined && { fault }),
      ...(rule?.reply !== undefined && { reply: rule.reply }),
      ...(chosen !== undefined && 'problem' in chosen && { problem: chosen.problem }),
    }
  }
}

function hasSense({ type }: Fault, { dialect, streamed }: BehaviourQuestion): boolean {
  const kind = faultKind(type)
  return kind?.notIn?.includes(dialect) !== true && (streamed || kind?.streamedOnly !== true)
}

/** What leaves no stream to strike, before what strikes the stream. */
function decisive(faults: readonly Fault[]): Fault | undefined {
  return faults.find(({ type }) => !composes(type)) ?? faults.at(-1)
}

function matches(when: ScenarioCondition | undefined, question: BehaviourQuestion, model: string): boolean {
  if (when === undefined) return true
  if (when.dialect !== undefined && when.dialect !== question.dialect) return false
  if (when.stream !== undefined && when.stream !== question.streamed) return false
  if (when.path !== undefined && !likeness(when.path).test(question.path)) return false
  if (when.credential !== undefined && !likeness(when.credential).test(question.key)) return false
  for (const [name, wanted] of Object.entries(when.headers ?? {})) {
    const value = question.headers[name.toLowerCase()]
    if (value === undefined || !likeness(wanted).test(String(value))) return false
  }
  return when.model === undefined || likeness(when.model).test(model)
}

function isTime(time: ScenarioTime | undefined, elapsedMs: number): boolean {
  if (time === undefined) return true
  const from = durationMs(time.from ?? 0) ?? 0
  const until = time.until === undefined ? Number.POSITIVE_INFINITY : durationMs(time.until)!
  if (elapsedMs < from || elapsedMs >= until) return false
  return time.every === undefined || (elapsedMs - from) % durationMs(time.every)! < durationMs(time.for)!
}

/** The step for the request that comes after so many; none where the sequence is over. */
function stepAt({ sequence = [], afterSequence = 'end' }: ScenarioRule, applied: number): ScenarioStep | undefined {
  const length = sequence.reduce((sum, { times = 1 }) => sum + times, 0)
  if (applied >= length && afterSequence === 'stay') return sequence.at(-1)
  let left = afterSequence === 'repeat' ? applied % length : applied
  for (const step of sequence) {
    left -= step.times ?? 1
    if (left < 0) return step
  }
  return undefined
}

function likeness(pattern: string): RegExp {
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literal.join('.*')}$`)
}
