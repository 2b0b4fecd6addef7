import type { CallEvent } from '../../core/event.ts'
import { grains } from '../dashboard/roll-up-tables.ts'
import { type RollUp, rollUp } from '../rollup/roll-up.ts'
import { rollUpCallOf } from '../rollup/roll-up-call-of.ts'
import { keyed, mostSubjects, roomFor, type Subject } from '../rollup/subject.ts'
import type { Copy } from './open-copy.ts'
import type { Client } from './open-database.ts'
import { copyRollUps } from './roll-up-rows.ts'

/** Minutes whose subjects are remembered: calls that come late are few. */
const mostMinutes = 16

/** Adds calls to the roll-ups, in the transaction in which they are written: each is counted once. Gives how many rows that took. */
export type AddToRollUps = (client: Client, calls: readonly CallEvent[]) => Promise<number>

/** What adds the calls of a process. Nothing that is there is changed, so that processes do not wait for each other. */
export function createRollUpAdder(copy: Copy): AddToRollUps {
  const minutes = new Map<number, Set<string>>()
  const knownIn = (minute: number): Set<string> => {
    let known = minutes.get(minute)
    if (!known) {
      known = new Set()
      if (minutes.size >= mostMinutes) minutes.delete(minutes.keys().next().value ?? 0)
      minutes.set(minute, known)
    }
    return known
  }
  const counted = (subject: Subject, at: number) => roomFor(keyed(subject), knownIn(at), mostSubjects.minute)
  return async (client, calls) => {
    const additions: readonly RollUp[] = rollUp(calls.map(rollUpCallOf), counted)
    await copyRollUps(copy, client, grains.addition, additions)
    return additions.length
  }
}
