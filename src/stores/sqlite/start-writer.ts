import { Worker } from 'node:worker_threads'
import type { StoreProblem } from './bring-up-to-date.ts'
import type { StoreFile } from './store-file.ts'
import { problemWith, writerDied } from './store-problems.ts'

/** What a writer is started with. */
export interface WriterData {
  readonly path: string
}

/** What a writer says first: whether it has the file open. */
export type OpenedOrNot = { readonly type: 'ready' } | { readonly type: 'unusable'; readonly problem: StoreProblem }

/** Starts the worker thread that writes a file, and waits until it has it open. Throws `config-invalid` where it cannot. */
export async function startWriter(writer: URL, path: string, file: StoreFile): Promise<Worker> {
  const workerData: WriterData = { path }
  // The process's own flags may not suit a worker (`--input-type`); Node 22 warns of its SQLite, which helps nobody here.
  const execArgv = ['--disable-warning=ExperimentalWarning']
  const worker = new Worker(writer, { workerData, execArgv, name: `inseam-${file.holds}` })
  await isReady(worker, path, file)
  return worker
}

async function isReady(worker: Worker, path: string, file: StoreFile): Promise<void> {
  const { promise, resolve: ready, reject: fail } = Promise.withResolvers<void>()
  const broken = (cause: unknown) => fail(writerDied(path, file, cause))
  const hear = (message: OpenedOrNot) => {
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
