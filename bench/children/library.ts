/** What every library does. */
export type LibraryCommands = {
  /** Makes a client of the upstream on this port. */
  open(upstreamPort: number): Promise<void> | void
  /** The CPU time of one call, in microseconds. */
  calls(count: number, concurrency: number): Promise<number>
  /** The CPU time of one delta, in microseconds, over streams of `deltas` deltas. */
  streams(count: number, concurrency: number, deltas: number): Promise<number>
}

/** Throws unless an answer has the length that was sent: a library that reads less would look faster. */
export function checkLength(found: number, expected: number): void {
  if (found !== expected) throw new Error(`An answer of ${expected} characters came as ${found}.`)
}
