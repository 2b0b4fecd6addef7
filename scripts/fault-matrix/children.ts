import { type ChildProcess, fork } from 'node:child_process'
import { type Cell, type Report, watchMs } from './cell.ts'

/** What came back, or how the process ended instead. */
export type Came =
  | Report
  | { readonly id: number; readonly crashed: true }
  | { readonly id: number; readonly waits: true; readonly grewMb: 0 }

/** Processes that subjects run in: a subject that brings its process down, or blocks it, takes nobody else's answer with it. */
export function openChildren() {
  let shared: ChildProcess | undefined
  const start = () => fork(new URL('../fault-matrix-child.ts', import.meta.url), { stdio: 'ignore' })

  const askOf = (child: ChildProcess, cell: Cell): Promise<Came> =>
    new Promise((resolve) => {
      const done = (came: Came) => {
        clearTimeout(impatience)
        child.off('message', hear)
        child.off('exit', gone)
        resolve(came)
      }
      const hear = (report: Report) => {
        if (report.id === cell.id) done(report)
      }
      const gone = () => done({ id: cell.id, crashed: true })
      const impatience = setTimeout(() => done({ id: cell.id, waits: true, grewMb: 0 }), watchMs * 2)
      child.on('message', hear)
      child.once('exit', gone)
      child.setMaxListeners(0)
      child.send(cell)
    })

  return {
    /** Asks in a process that others share. Where that dies, once more in one of its own, so that the guilty one is known. */
    async ask(cell: Cell): Promise<Came> {
      if (shared?.connected !== true) shared = start()
      const came = await askOf(shared, cell)
      return 'crashed' in came || ('waits' in came && came.grewMb === 0 && !('seen' in came))
        ? this.askAlone(cell)
        : came
    },
    /** Asks in a process of its own. */
    async askAlone(cell: Cell): Promise<Came> {
      const child = start()
      try {
        return await askOf(child, cell)
      } finally {
        child.kill('SIGKILL')
      }
    },
    close() {
      shared?.kill('SIGKILL')
    },
  }
}
