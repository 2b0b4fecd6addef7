/** The CPU time that this process has used so far, all threads, user and system, in microseconds. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Does `count` pieces of work, at most `concurrency` at a time, and gives the CPU time of one, in microseconds. */
export async function cpuPerPiece(count: number, concurrency: number, work: () => Promise<unknown>): Promise<number> {
  let begun = 0
  const worker = async () => {
    while (begun++ < count) await work()
  }
  const before = cpuUs()
  await Promise.all(Array.from({ length: concurrency }, worker))
  return (cpuUs() - before) / count
}
