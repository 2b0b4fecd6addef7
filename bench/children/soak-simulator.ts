import { faults, type Scenario, type ScenarioRule, type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { cpuUs } from './cpu.ts'
import { serve } from './serve.ts'

/** What the provider of a soak does. */
export type SoakSimulatorCommands = {
  listen(seed: number): Promise<number>
  /** Resolves when no exchange is under way, and tells how many there were. */
  idle(): Promise<number>
  cpuUs(): number
}

let simulator: Simulator | undefined

/** How likely an exchange meets any of the faults: more would keep every breaker open, and little of the gateway would be used. */
const often = 0.12
/** How likely it meets one that writes megabytes, or one that closes a provider for a minute and more. */
const rarely = 0.00002

/** Every fault there is. About one exchange in eight meets one. */
function mixed(): Scenario {
  const rules = faults.map(({ name, params }): ScenarioRule => {
    const closes = /quota|spend|unpaid|credential|slow-down/.test(name)
    const isHuge = Object.keys(params).some((param) => /bytes/i.test(param))
    return { probability: closes || isHuge ? rarely : often / faults.length, fault: { type: name } }
  })
  return { rules, pace: { firstTokenMs: 4, tokenMs: 0.2 } }
}

async function listen(seed: number): Promise<number> {
  simulator = await startSimulator({ seed, scenario: mixed(), keepLines: 100 })
  return simulator.port
}

async function idle(): Promise<number> {
  await simulator?.idle()
  return simulator?.invoice().totals.exchanges ?? 0
}

serve({ listen, idle, cpuUs } satisfies SoakSimulatorCommands)
