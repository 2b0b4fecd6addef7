import { isTyped, openSubject } from './fault-matrix/ask.ts'
import type { Cell, Report } from './fault-matrix/cell.ts'
import { watchMs } from './fault-matrix/cell.ts'

// One process of subjects: the parent says who is to ask what, and is told what came of it. What a subject throws aside of the call
// ends the process, and that is an outcome.
process.on('message', async (cell: Cell) => {
  const before = process.resourceUsage().maxRSS
  const report = await suffer(cell)
  const grewMb = Math.round((process.resourceUsage().maxRSS - before) / 1024)
  process.send?.({ ...report, id: cell.id, grewMb } satisfies Report)
})
process.on('disconnect', () => process.exit())

async function suffer(cell: Cell): Promise<Omit<Report, 'id' | 'grewMb'>> {
  const opened = await openSubject(cell)
  const asked = { model: 'sim-small', stream: cell.stream, withTool: cell.withTool }
  try {
    if (cell.warm) await opened.ask(asked).catch(() => undefined)
    const leave = new AbortController()
    if (cell.leavesAfterMs !== undefined) setTimeout(() => leave.abort(), cell.leavesAfterMs)
    const watch = new Promise<{ waits: true }>((resolve) => setTimeout(() => resolve({ waits: true }), watchMs))
    const asking = opened.ask({ ...asked, signal: leave.signal }).then(
      (seen) => ({ seen }),
      (thrown: unknown) => ({ threw: { isTyped: isTyped(thrown, cell), text: String(thrown).slice(0, 200) } }),
    )
    const came = await Promise.race([asking, watch])
    if ('waits' in came) leave.abort()
    return came
  } finally {
    void opened.close()
  }
}
