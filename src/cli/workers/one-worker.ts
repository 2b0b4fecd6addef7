import cluster from 'node:cluster'
import { InseamError } from '../../errors/index.ts'
import type { FromWorker, ToWorker, WorkerFigures } from './messages.ts'

/** One worker process, from its start to its end. */
export interface OneWorker {
  readonly pid: number
  /** What it had to lose when it last said so. */
  readonly figures: WorkerFigures
  /** Resolves once it serves. Rejects with the `InseamError` that kept it from that, or where it ended before. */
  readonly up: Promise<{ readonly url: string; readonly features: readonly string[] }>
  /** Resolves once it has ended: with its exit code, or the name of the signal. */
  readonly ended: Promise<number | string>
  tell(message: ToWorker): void
  kill(): void
}

/** Nothing to lose. */
const nothing: WorkerFigures = { inFlight: 0, unflushed: 0, degraded: [] }

/** Starts a worker process; `hear` is told all that it says from then on. */
export function startWorker(hear: (message: FromWorker) => void): OneWorker {
  const worker = cluster.fork()
  let figures = nothing
  const up = Promise.withResolvers<{ readonly url: string; readonly features: readonly string[] }>()
  const ended = new Promise<number | string>((resolve) => {
    worker.once('exit', (code, signal) => {
      const how = signal ?? code
      up.reject(
        new InseamError('internal-error', `A worker ended before it was up (${how}).`, {
          fix: 'What it said stands above. Start with one worker, which shows the same failure alone.',
        }),
      )
      resolve(how)
    })
  })
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'up') up.resolve(message)
    else if (message.type === 'refused') up.reject(new InseamError(message.code, message.message, { fix: message.fix }))
    else if (message.type === 'figures') figures = message.figures
    hear(message)
  })
  // A channel that breaks is followed by the end of its process.
  worker.on('error', () => undefined)
  up.promise.catch(() => undefined)
  return {
    pid: worker.process.pid ?? 0,
    get figures() {
      return figures
    },
    up: up.promise,
    ended,
    tell(message) {
      if (worker.isConnected()) worker.send(message)
    },
    kill: () => void worker.process.kill('SIGKILL'),
  }
}
