import { type Fault, faultKind, faults } from './faults.ts'
import { nearestNames } from './nearest-names.ts'

/** A fault as someone wrote it, or what is wrong with what they wrote. */
export type ParsedFault = { readonly fault: Fault } | { readonly problem: string }

/** Reads a fault as the `x-simulate` header writes it: `stall; after=3`. */
export function parseFaultHeader(text: string): ParsedFault {
  const [name = '', ...params] = text.split(';')
  return assemble(name, params)
}

/** A model name taken apart: `sim-small+stall:after=5,ms=2@3`. */
interface ParsedModel {
  /** The name that remains when the fault is taken off. */
  readonly model: string
  readonly fault?: Fault
  /** Only this many first requests fail; Infinity where all do. */
  readonly firstRequests: number
  readonly problem?: string
}

/** Reads the fault that is written after a model's name. */
export function parseModelName(name: string): ParsedModel {
  const plus = name.lastIndexOf('+')
  if (plus < 0) return { model: name, firstRequests: Number.POSITIVE_INFINITY }
  const model = name.slice(0, plus)
  const written = name.slice(plus + 1)
  const counted = /^(.*)@(\d+)$/.exec(written)
  const [faultName = '', ...rest] = (counted?.[1] ?? written).split(':')
  const parsed = assemble(faultName, rest.length === 0 ? [] : rest.join(':').split(','))
  const firstRequests = counted === null ? Number.POSITIVE_INFINITY : Number(counted[2])
  return { model, firstRequests, ...parsed }
}

/** What is wrong with a fault's name, parameters or their values; nothing where all is well. */
export function faultProblem(fault: Readonly<Record<string, unknown>>): { path: string; message: string } | undefined {
  const kind = faultKind(String(fault.type))
  if (kind === undefined) {
    return { path: 'type', message: `No fault is called "${String(fault.type)}". ${whatThereIs(String(fault.type))}` }
  }
  for (const [param, value] of Object.entries(fault)) {
    if (param === 'type') continue
    const known = kind.params[param]
    if (known === undefined) {
      const names = Object.keys(kind.params).join(', ') || 'none'
      return {
        path: param,
        message: `The fault "${kind.name}" has no parameter "${param}". Its parameters are: ${names}.`,
      }
    }
    if (typeof value !== typeof known.default || (typeof value === 'number' && !Number.isFinite(value))) {
      return {
        path: param,
        message: `"${param}" of the fault "${kind.name}" is a ${typeof known.default}: ${known.description}.`,
      }
    }
    if (known.oneOf !== undefined && !known.oneOf.includes(String(value))) {
      return {
        path: param,
        message: `"${param}" of the fault "${kind.name}" is one of ${known.oneOf.join(', ')}; not "${String(value)}".`,
      }
    }
  }
  return undefined
}

function assemble(name: string, params: readonly string[]): ParsedFault {
  const kind = faultKind(name.trim())
  const fault: Record<string, string | number | boolean> = { type: name.trim() }
  for (const param of params) {
    if (param.trim() === '') continue
    const equals = param.indexOf('=')
    const key = (equals < 0 ? param : param.slice(0, equals)).trim()
    const value = equals < 0 ? 'true' : param.slice(equals + 1).trim()
    fault[key] = typed(value, kind?.params[key]?.default)
  }
  const problem = faultProblem(fault)
  return problem === undefined ? { fault: fault as unknown as Fault } : { problem: problem.message }
}

function typed(value: string, like: string | number | boolean | undefined): string | number | boolean {
  if (typeof like === 'number') return value === '' ? Number.NaN : Number(value)
  if (typeof like === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  return value
}

function whatThereIs(written: string): string {
  const near = nearestNames(
    written,
    faults.map(({ name }) => name),
  )
  const meant = near.length === 0 ? '' : `Did you mean ${near.join(', or ')}? `
  return `${meant}GET /simulator/faults lists all.`
}
