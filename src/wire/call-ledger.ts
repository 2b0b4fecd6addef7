/** Which calls of a conversation wait for their results, while it is read. */
export interface CallLedger {
  /** A call is made. False where its turn has one of this id already. */
  call(id: string): boolean
  /** A result has come. It belongs to the latest call of its id that has none yet. */
  answer(id: string): 'found' | 'answered' | 'unknown'
  /** Another turn begins: an id may come again, for hosts count anew in each (`call_0`), and clients send back what they were sent. */
  turn(): void
}

/** A ledger for one conversation. */
export function callLedger(): CallLedger {
  const open = new Map<string, number>()
  const turn = new Set<string>()
  return {
    call(id) {
      if (turn.has(id)) return false
      turn.add(id)
      open.set(id, (open.get(id) ?? 0) + 1)
      return true
    },
    answer(id) {
      const count = open.get(id)
      if (count === undefined) return 'unknown'
      if (count === 0) return 'answered'
      open.set(id, count - 1)
      return 'found'
    },
    turn: () => turn.clear(),
  }
}
