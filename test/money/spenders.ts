import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Spending } from './spend.ts'

const program = fileURLToPath(new URL('./spend.ts', import.meta.url))

/** A process that spends. */
export interface Spender extends AsyncDisposable {
  /** Lets it begin. */
  go(): void
  /** The first line from here on that begins so. */
  line(begin: string): Promise<string>
  /** Kills it with SIGKILL, and resolves once it is dead. */
  kill(): Promise<void>
}

/** Starts one, and resolves once it is ready. */
export async function startSpender(spending: Spending): Promise<Spender> {
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(spending)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const spender: Spender = {
    go: () => void child.stdin!.write('go\n'),
    async line(begin) {
      for (;;) {
        const { value, done } = await lines.next()
        if (done) throw new Error(`The spender ended without a line that begins with "${begin}".`)
        if (value.startsWith(begin)) return value
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    [Symbol.asyncDispose]: () => spender.kill(),
  }
  await spender.line('ready')
  return spender
}
