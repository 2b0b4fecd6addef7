import type { BreakableSimulator } from '../admin/index.ts'
import { InseamError } from '../errors/index.ts'
import { faults, ScenarioInvalid, type Simulator, scenarioOfFaults } from '../simulator/index.ts'

/**
 * The simulator of this process, as the page breaks it. Both default aliases ask it in OpenAI's dialect first, so that is where
 * faults strike: the second target, in Anthropic's, is there to fall back to.
 */
export function breakSimulator(simulator: Simulator): BreakableSimulator {
  let inForce: readonly string[] = []
  return {
    faults: () => faults.map(({ name, description }) => ({ name, meaning: description })),
    inForce: () => inForce,
    set(written) {
      simulator.setScenario(scenarioFor(written))
      inForce = written
    },
  }
}

function scenarioFor(written: readonly string[]) {
  try {
    return scenarioOfFaults(written, { dialect: 'openai-chat' })
  } catch (cause) {
    if (!(cause instanceof ScenarioInvalid)) throw cause
    throw new InseamError('invalid-request', cause.message, {
      fix: 'Write a fault of the list, such as stall, stall:after=0, stall@3 or everywhere+stall.',
      cause,
    })
  }
}
