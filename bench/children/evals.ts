/** What every eval runner does. */
export type EvalCommands = {
  /** Makes a client of the upstream on this port. */
  open(upstreamPort: number): Promise<void> | void
  /** Runs a suite of that many cases with one scorer. */
  run(cases: number, concurrency: number): Promise<EvalRunFigures>
}

/** What a run took. */
export interface EvalRunFigures {
  /** Wall time of a case, in microseconds. */
  readonly wallUs: number
  /** CPU time of a case, in microseconds. */
  readonly cpuUs: number
  /** The most memory that the process has had so far, in megabytes. */
  readonly peakMb: number
}

/** Measures a run. Throws unless every case passed: a runner that asks less would look faster. */
export async function measureRun(cases: number, run: () => Promise<number>): Promise<EvalRunFigures> {
  const cpu = process.cpuUsage()
  const from = performance.now()
  const passed = await run()
  const wallUs = ((performance.now() - from) * 1000) / cases
  const { user, system } = process.cpuUsage(cpu)
  if (passed !== cases) throw new Error(`${passed} of ${cases} cases passed.`)
  return { wallUs, cpuUs: (user + system) / cases, peakMb: process.resourceUsage().maxRSS / 1024 }
}
