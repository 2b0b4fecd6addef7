import type { DocumentInput } from './documents.ts'
import type { IndexProblem } from './index-problem.ts'
import type { PlainText } from './plain-text.ts'

/** What is to be brought up to date. */
export interface UpdateWork {
  readonly set: string
  readonly from: readonly (string | DocumentInput)[]
  readonly chunkCharacters: number
  readonly maxFileBytes: number
}

/** What is looked for. */
export interface SearchWork {
  readonly set: string
  readonly query: string
  readonly limit: number
}

/** How far an index has come. */
export interface IndexProgress {
  /** The name of the set of documents. */
  readonly set: string
  /** Documents that are up to date, of all. */
  readonly done: number
  readonly of: number
}

/** What an update did. */
export interface UpdateResult {
  readonly documents: number
  readonly chunks: number
  /** Documents that were indexed now, and that are gone now. */
  readonly indexed: number
  readonly removed: number
}

/** A passage as it crosses from the worker. */
export interface FoundPassage {
  readonly document: string
  readonly start: number
  readonly end: number
  readonly text: string
  readonly score: number
  readonly plain?: PlainText
}

/** What the main thread tells the worker of an index file. */
export type ToIndexWorker =
  | { readonly type: 'update'; readonly job: number; readonly work: UpdateWork }
  | { readonly type: 'search'; readonly job: number; readonly work: SearchWork }
  | { readonly type: 'close' }

/** What the worker answers. */
export type FromIndexWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'unusable'; readonly problem: IndexProblem }
  | { readonly type: 'progress'; readonly progress: IndexProgress }
  | { readonly type: 'updated'; readonly job: number; readonly result: UpdateResult }
  | { readonly type: 'found'; readonly job: number; readonly passages: readonly FoundPassage[] }
  | { readonly type: 'failed'; readonly job: number; readonly problem: IndexProblem }

/** What the worker is started with. */
export interface IndexWorkerData {
  readonly path: string
  /** One number, which is not 0 once the index is to be closed: an update that is under way ends then. */
  readonly closing: SharedArrayBuffer
}
