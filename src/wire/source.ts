import type { JsonObject } from '../core/json.ts'

/** A page of the web that a text cites. */
export interface Source {
  readonly url: string
  readonly title?: string
  /** What of the block's text rests on it, in UTF-16 units; absent where that is not known. */
  readonly place?: { readonly start: number; readonly end: number }
}

/** A page, and what its dialect said of it that no other has a word for, by where it stood. */
export interface ReadSource {
  readonly source: Source
  readonly left: JsonObject
}

/** The sources of a block in one dialect's words; what is none of them stays in `left`. */
export interface ReadSources {
  readonly sources: readonly Source[]
  readonly left: JsonObject
}
