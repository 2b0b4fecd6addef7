import { parseModelName } from '../faults/parse-fault.ts'
import { ScenarioInvalid } from './check-scenario.ts'
import type { Scenario, ScenarioCondition, ScenarioRule } from './scenario.ts'

/**
 * The scenario in which these faults strike, each written as after a model's name: `stall`, `stall:after=0`, `stall@3` for the
 * first three requests. They strike where `where` says, those written `everywhere+stall` on every request. Several take turns,
 * drawn from the seed, after those that are counted.
 *
 * Throws `ScenarioInvalid`.
 */
export function scenarioOfFaults(written: readonly string[], where: ScenarioCondition = {}): Scenario {
  const rules = written.map((text, index) => ruleOf(text, `faults[${index}]`, where))
  const counted = rules.filter(({ isCounted }) => isCounted)
  const endless = rules.filter(({ isCounted }) => !isCounted).sort((left, right) => left.reach - right.reach)
  return {
    rules: [
      ...counted.map(({ rule }) => rule),
      // The first of three strikes one in three; of what it lets pass, the second strikes one in two; the last strikes the rest.
      ...endless.map(({ rule }, index) => ({ ...rule, probability: 1 / (endless.length - index) })),
    ],
  }
}

interface Strike {
  readonly rule: ScenarioRule
  readonly isCounted: boolean
  /** 1 where it strikes everywhere: then it stands behind those that do not. */
  readonly reach: number
}

function ruleOf(text: string, path: string, where: ScenarioCondition): Strike {
  const { model, fault, firstRequests, problem } = parseModelName(text.includes('+') ? text : `+${text}`)
  if (fault === undefined || problem !== undefined) throw new ScenarioInvalid(path, problem ?? 'Name a fault.')
  if (model !== '' && model !== 'everywhere')
    throw new ScenarioInvalid(path, `Before the plus stands "everywhere", or nothing; not "${model}".`)
  const isCounted = Number.isFinite(firstRequests)
  const when = { ...(model === '' && where), ...(isCounted && { request: { to: firstRequests } }) }
  return { rule: { when, fault }, isCounted, reach: model === '' ? 0 : 1 }
}
