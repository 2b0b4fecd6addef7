export type { AddressKind } from './addresses/addresses.ts'
export type { AttemptLog, Billed } from './books/attempt-log.ts'
export type { Invoice, InvoiceLine, InvoiceTotals } from './books/invoice.ts'
export type { Usage as InvoiceUsage } from './books/usage.ts'
export type { DialectName } from './dialect.ts'
export {
  type Fault,
  type FaultName,
  type FaultParam,
  faults,
  type NamedFaultKind as FaultKind,
} from './faults/faults.ts'
export { checkScenario, ScenarioInvalid } from './scenario/check-scenario.ts'
export type {
  Pace,
  Scenario,
  ScenarioCondition,
  ScenarioRule,
  ScenarioStep,
  ScenarioTime,
  ScriptedReply,
} from './scenario/scenario.ts'
export { scenarioOfFaults } from './scenario/scenario-of-faults.ts'
export type { Simulator, SimulatorOptions } from './simulator.ts'
export { startSimulator } from './start-simulator.ts'
