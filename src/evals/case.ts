import type { CaseFile } from './case-file.ts'

/** One input of a suite, and what is expected of it. */
export interface Case<Input = unknown> {
  /** What results, baselines and reports call it. Default: its number from 1. Baselines compare by it: name what may move. */
  readonly id?: string
  readonly input: Input
  /** What scorers compare with. */
  readonly expected?: unknown
  /** What `--filter` also finds it by. */
  readonly tags?: readonly string[]
  /** Where it fails, the run has failed, whatever the statistics say. Default false. */
  readonly mustPass?: boolean
}

/**
 * The cases of a suite: an array, a file of {@link jsonl} or {@link csv}, or what yields them. Arrays and files are checked
 * whole before anything is spent; what yields cases once is checked as they come. Nothing holds more than a few at a time.
 */
export type Cases<Input = unknown> = readonly Case<Input>[] | CaseFile | AsyncIterable<Case<Input>>

/** A case as it is run: with its id, and where it stands. */
export interface KnownCase<Input = unknown> extends Case<Input> {
  readonly id: string
}
