import cluster from 'node:cluster'
import type { Config } from '../../config.ts'
import { asInseamError } from '../../errors/index.ts'
import { type Gateway, openGateway } from '../../gateway/index.ts'
import { openSeam, type Seam } from '../../index.ts'
import { openKeys } from '../../open-keys.ts'
import { loadFeatures, modelNameOf } from '../../patterns/index.ts'
import { askForLimits } from '../../stores/memory/index.ts'
import { meanSources } from '../mean-sources.ts'
import { sayIndexing } from '../say-indexing.ts'
import { say } from '../welcome.ts'
import { type FromWorker, received, type SharedProblems, type ToWorker } from './messages.ts'

/*
 * A worker of `inseam up --workers`: a whole gateway with a seam of its own. The supervisor alone is told to stop; a terminal tells all.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)
meanSources()
process.once('message', (message: ToWorker) => {
  if (message.type === 'start')
    serve(message).catch((thrown: unknown) => {
      const { code, message, fix } = asInseamError(thrown)
      if (code === 'internal-error') console.error(thrown)
      process.send?.({ type: 'refused', code, message, fix } satisfies FromWorker, () => process.exit(1))
    })
})

/** How often a worker says what it has to lose, in milliseconds. */
const figuresEveryMs = 100
/** How long a worker that has failed may take to end what it began, in milliseconds. */
const lastWorkMs = 2_000

async function serve({ config: sent, ...start }: ToWorker & { readonly type: 'start' }): Promise<void> {
  let config: Config = received(sent)
  let { tellsCalls } = start
  let shared: SharedProblems = start.shared
  const tell = (message: FromWorker) => {
    if (process.connected) process.send?.(message)
  }
  const limiter = askForLimits(tell)
  const seam = await openSeam({
    config,
    // Redis counts for other machines too.
    ...(!config.redis && { limiter }),
    onIndexing: sayIndexing(),
    onEvent: (event) => {
      if (tellsCalls && event.type === 'call') tell({ type: 'call', event })
    },
  })
  const keys = await openKeys(config, seam)
  const features = await loadFeatures(config.features)
  const ownDegraded = () => [...seam.problems(), ...keys.problems()]
  const gateway = await openGateway({
    ...config.gateway,
    pipeline: seam,
    ring: keys.ring,
    features,
    problems: () => shared.reasons,
    degraded: () => [...new Set([...ownDegraded(), ...shared.degraded])],
  })
  let last = ''
  const tellFigures = () => {
    const figures = { inFlight: gateway.inFlight, unflushed: seam.unflushed(), degraded: ownDegraded() }
    const now = JSON.stringify(figures)
    if (now !== last) tell({ type: 'figures', figures })
    last = now
  }
  setInterval(tellFigures, figuresEveryMs).unref()

  const leave = once(async (noticeMs: number) => {
    await gateway.drain(config.gateway.drainTimeoutMs, noticeMs)
    await seam.close()
    await keys.close()
    tellFigures()
    process.exit(0)
  })
  const fail = once(async (thrown: unknown) => {
    console.error(thrown)
    await Promise.race([lastWork(gateway, seam), new Promise((resolve) => setTimeout(resolve, lastWorkMs))])
    tellFigures()
    process.exit(1)
  })
  process.on('uncaughtException', fail)
  // Nobody is left to pass connections on: what was begun is ended. Without this, Node ends a worker at once.
  process.prependOnceListener('disconnect', () => {
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true
    limiter.stopAsking()
    say(`The supervisor is gone. Worker ${process.pid} ends what it began, and stops.`)
    leave(0)
  })
  process.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'use': {
        const next = received(message.config)
        gateway.useKeys(next.gateway)
        seam.reload(next)
        config = next
        return tell({ type: 'in-force' })
      }
      case 'tell-calls':
        tellsCalls = message.tellsCalls
        return
      case 'limit-outcome':
        return limiter.hear(message)
      case 'problems':
        shared = message.shared
        return
      case 'flush':
        return void seam.flush().then(
          () => tell({ type: 'flushed', id: message.id }),
          (thrown: unknown) => tell({ type: 'flushed', id: message.id, problem: asInseamError(thrown).message }),
        )
      case 'stop':
        leave(message.noticeMs)
    }
  })
  tell({ type: 'up', url: gateway.url, features: features.map(modelNameOf) })
}

/** Calls under way end with an error in their own dialect, and are on the record. */
async function lastWork(gateway: Gateway, seam: Seam): Promise<void> {
  await gateway.drain(0)
  await seam.flush()
}

/** The first time only. */
function once<Argument>(work: (argument: Argument) => Promise<void>): (argument: Argument) => void {
  let isDone = false
  return (argument) => {
    if (isDone) return
    isDone = true
    void work(argument)
  }
}
