import { Worker } from 'node:worker_threads'
import type { FromWriter, WriterData } from './event-writer.ts'
import { problemWith, writerDied } from './store-problems.ts'

/** Starts the worker thread that writes the file, and waits until it has it open. Throws `config-invalid` where it cannot. */
export async function startWriter(path: string): Promise<Worker> {
  const workerData: WriterData = { path }
  // The process's own flags may not suit a worker (`--input-type`); Node 22 warns of its SQLite, which helps nobody here.
  const execArgv = ['--disable-warning=ExperimentalWarning']
  const worker = new Worker(writerUrl, { workerData, execArgv, name: 'inseam-events' })
  await isReady(worker, path)
  return worker
}

const writerUrl = new URL('./event-writer.ts', import.meta.url)

async function isReady(worker: Worker, path: string): Promise<void> {
  const { promise, resolve: ready, reject: fail } = Promise.withResolvers<void>()
  const broken = (cause: unknown) => fail(writerDied(path, cause))
  const hear = (message: FromWriter) => {
    if (message.type === 'unusable') fail(problemWith('config-invalid', message.problem))
    else ready()
  }
  worker.on('message', hear).on('error', broken).on('exit', broken)
  try {
    await promise
  } finally {
    worker.off('message', hear).off('error', broken).off('exit', broken)
  }
}
