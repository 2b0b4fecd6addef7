/** One of the things that are compared. */
export interface Subject {
  readonly name: string
  /** What a reader must know of it: an external package, a setting. */
  readonly note?: string
  /** One figure, in the benchmark's unit. */
  measure(): Promise<number>
}

/** What a figure should be: an absolute limit, or a ratio to another subject of the same run. */
export type Target =
  | { readonly subject: string; readonly atMost: number; readonly versus?: string }
  | { readonly subject: string; readonly atLeast: number }

/** How much is measured. */
export interface Effort {
  /** A quick look: a fifth of the work. Its figures are for orientation, not for the record. */
  readonly isQuick: boolean
}

/** Subjects that are ready to be measured. */
export interface Opened extends AsyncDisposable {
  readonly subjects: readonly Subject[]
}

/** One comparison. */
export interface Benchmark {
  readonly name: string
  readonly title: string
  /** What is measured and how, in a sentence or two. */
  readonly how: string
  readonly unit: string
  readonly isLessBetter: boolean
  readonly targets: readonly Target[]
  /** Measured once, where the figure does not vary: a size. */
  readonly isExact?: boolean
  open(effort: Effort): Promise<Opened>
}

/** What a subject measured: one figure a round. */
export interface Series {
  readonly name: string
  readonly note?: string
  readonly values: readonly number[]
}

/** What a comparison gave. Figures in the same place of two series were measured in the same round. */
export interface Result extends Pick<Benchmark, 'name' | 'title' | 'how' | 'unit' | 'isLessBetter' | 'targets'> {
  readonly isQuick: boolean
  readonly series: readonly Series[]
}
