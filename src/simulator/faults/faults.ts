import { answerFaults } from './answer-faults.ts'
import { bodyFaults } from './body-faults.ts'
import { connectionFaults } from './connection-faults.ts'
import type { FaultKind } from './fault-kind.ts'
import { statusFaults } from './status-faults.ts'
import { streamFaults } from './stream-faults.ts'

export type { FaultParam } from './fault-kind.ts'

/** What each fault is about, in the order in which they are told. */
const categories = {
  connection: connectionFaults,
  status: statusFaults,
  body: bodyFaults,
  stream: streamFaults,
  answer: answerFaults,
} as const

const table = { ...connectionFaults, ...statusFaults, ...bodyFaults, ...streamFaults, ...answerFaults }

export type FaultName = keyof typeof table

/** A fault to inject: its name, and the parameters that differ from their defaults. */
export interface Fault {
  readonly type: FaultName
  readonly [param: string]: string | number | boolean
}

/** A way to fail, and the name by which it is asked for. */
export interface NamedFaultKind extends FaultKind {
  readonly name: FaultName
  readonly category: keyof typeof categories
}

/** Every fault, for `--help`, documentation and whoever wants to try them all. */
export const faults: readonly NamedFaultKind[] = Object.entries(categories).flatMap(([category, kinds]) =>
  Object.entries<FaultKind>(kinds).map(([name, kind]) => ({
    name: name as FaultName,
    category: category as keyof typeof categories,
    ...kind,
  })),
)

const byName: ReadonlyMap<string, NamedFaultKind> = new Map(faults.map((kind) => [kind.name, kind]))

export function faultKind(name: string): NamedFaultKind | undefined {
  return byName.get(name)
}

/** Whether others may strike the same exchange: how an answer arrives, and what it says, can go wrong in several ways at once. */
export function composes(name: FaultName): boolean {
  return name in streamFaults || name in answerFaults
}

/** A parameter's value: the fault's own, else the default. */
export function numberParam(fault: Fault, param: string): number {
  return Number(fault[param] ?? faultKind(fault.type)?.params[param]?.default ?? 0)
}

export function textParam(fault: Fault, param: string): string {
  return String(fault[param] ?? faultKind(fault.type)?.params[param]?.default ?? '')
}
