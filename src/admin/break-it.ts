import { InseamError } from '../errors/index.ts'
import type { BreakRequest, SimulatorView } from './api.ts'

/** The simulator, as the page breaks it. */
export interface BreakableSimulator {
  /** Every fault that it knows. */
  faults(): SimulatorView['faults']
  /** Those in force, as they were set. */
  inForce(): readonly string[]
  /** Puts these in force in place of those before. Throws an `InseamError` for what is no fault, and changes nothing. */
  set(faults: readonly string[]): void
}

/** What there is to break, and what is worth seeing. */
export function simulatorView(simulator: BreakableSimulator): SimulatorView {
  return { faults: simulator.faults(), inForce: simulator.inForce(), presets }
}

const presets: SimulatorView['presets'] = [
  {
    name: 'Stall the first target',
    meaning: 'It takes each call and says nothing. The clock of the first token runs out, and the next target answers.',
    faults: ['stall:after=0'],
  },
  {
    name: 'Overload it',
    meaning:
      'It answers 529. Calls are tried again, then fall back; after some failures its breaker opens and nobody waits.',
    faults: ['overloaded'],
  },
  {
    name: 'Cut streams',
    meaning: 'Streams break in the middle. What was sent cannot be taken back, so callers get an error that says so.',
    faults: ['cut:after=3'],
  },
  {
    name: 'Slow it down',
    meaning: 'Everything is well, but the first token takes 2.5 seconds more: look at the percentiles.',
    faults: ['slow-first-token:ms=2500'],
  },
  {
    name: 'Malformed JSON',
    meaning:
      'Streams hold an event that is no JSON, and structured output is almost right: repaired, corrected, or refused.',
    faults: ['malformed-event:after=0', 'malformed-json-output'],
  },
  {
    name: 'Break every target',
    meaning: 'Nobody answers. Calls end soon, with an error that names what was tried.',
    faults: ['everywhere+unavailable'],
  },
]

const mostFaults = 20
const longestFault = 200
/** As many as may be sent at once, and as may be under way in all. */
export const mostCalls = 200

/** What the page asked for. Throws `invalid-request`. */
export function readBreakRequest(body: unknown): BreakRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('The body is no object.')
  const { faults, calls, ...others } = body as Record<string, unknown>
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw invalid(`There is no field "${unknown.slice(0, 60)}" here.`)
  if (!Array.isArray(faults) || faults.length > mostFaults || !faults.every(isFault))
    throw invalid(`\`faults\` is no list of ${mostFaults} faults at most.`)
  if (calls === undefined) return { faults }
  if (typeof calls !== 'number' || !Number.isInteger(calls) || calls < 0 || calls > mostCalls)
    throw invalid(`\`calls\` is no whole number from 0 to ${mostCalls}.`)
  return { faults, calls }
}

const isFault = (fault: unknown): fault is string =>
  typeof fault === 'string' && fault !== '' && fault.length <= longestFault

const invalid = (message: string) =>
  new InseamError('invalid-request', message, { fix: 'Send { "faults": ["stall@3"], "calls": 20 }.' })
