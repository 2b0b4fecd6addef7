import type { JsonObject } from '../json.ts'

/** A file that somebody left here. */
export interface KeptFile {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly purpose: string
  /** Milliseconds since 1970. */
  readonly createdAtMs: number
  readonly bytes: Buffer
}

/** Requests that are to be answered later, and what became of them. */
export interface KeptBatch {
  readonly id: string
  readonly createdAtMs: number
  readonly inputFileId: string
  readonly endpoint: string
  readonly requests: readonly JsonObject[]
  isCancelled: boolean
  /** How often it was asked after: the second time it has ended. */
  looks: number
  /** One line a request, once it has ended. */
  results: readonly JsonObject[] | undefined
  outputFileId?: string
}

/** An answer that may be asked for again. */
export interface KeptResponse {
  readonly body: JsonObject
  readonly input: readonly JsonObject[]
}

/** All that clients have left with the simulator; reset forgets it. */
export interface Kept {
  readonly files: Map<string, KeptFile>
  readonly batches: Map<string, KeptBatch>
  readonly responses: Map<string, KeptResponse>
  /** Uploads that were begun in the way of Google, by their id. */
  readonly uploads: Map<string, { readonly name: string; readonly type: string; readonly parts: Buffer[] }>
  /** What is cached at Google's, by its name. */
  readonly caches: Map<string, JsonObject>
  newId(prefix: string): string
  clear(): void
}

/** Nothing is kept yet. */
export function createKept(): Kept {
  let ordinal = 0
  const kept: Kept = {
    files: new Map(),
    batches: new Map(),
    responses: new Map(),
    uploads: new Map(),
    caches: new Map(),
    newId: (prefix) => `${prefix}${String(++ordinal).padStart(12, '0')}`,
    clear: () => {
      ordinal = 0
      for (const map of [kept.files, kept.batches, kept.responses, kept.uploads, kept.caches]) map.clear()
    },
  }
  return kept
}
