import type { DatabaseSync } from 'node:sqlite'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { UpdateWatch } from './document-writer.ts'
import type { FromIndexWorker, IndexWorkerData, ToIndexWorker } from './index-messages.ts'
import { problemOf } from './index-problem.ts'
import { openIndexDatabase } from './open-index-database.ts'
import { searchIndex } from './search-index.ts'
import { updateIndex } from './update-index.ts'

/** Opens the index file and does what it is asked until it is told to close. Runs in a worker of its own. */
function serve(port: MessagePort, { path, closing }: IndexWorkerData): void {
  const say = (message: FromIndexWorker) => port.postMessage(message)
  let database: DatabaseSync
  try {
    database = openIndexDatabase(path)
  } catch (error) {
    say({ type: 'unusable', problem: problemOf(error, path) })
    port.close()
    return
  }
  const isClosing = new Int32Array(closing)
  const watch: UpdateWatch = {
    report: (progress) => say({ type: 'progress', progress }),
    isClosing: () => Atomics.load(isClosing, 0) !== 0,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  }
  let updates: Promise<unknown> = Promise.resolve()
  port.on('message', (message: ToIndexWorker) => {
    switch (message.type) {
      case 'update': {
        const { job, work } = message
        // One at a time; a search comes between its documents.
        updates = updates
          .then(() => updateIndex(database, work, watch))
          .then(
            (result) => say({ type: 'updated', job, result }),
            (error) => say({ type: 'failed', job, problem: problemOf(error, path) }),
          )
        return
      }
      case 'search': {
        const { job, work } = message
        try {
          say({ type: 'found', job, passages: searchIndex(database, work) })
        } catch (error) {
          say({ type: 'failed', job, problem: problemOf(error, path) })
        }
        return
      }
      case 'close':
        void updates.then(() => {
          database.close()
          port.close()
        })
    }
  })
  say({ type: 'ready' })
}

if (parentPort) serve(parentPort, workerData as IndexWorkerData)
