/** What the user says to `inseam eval`. */
export interface EvalOptions {
  readonly config?: string
  readonly simulate?: boolean
  readonly filter?: string
  readonly concurrency?: number
  readonly maxCost?: number
  readonly minPass?: number
  readonly maxUnclear: number
  readonly strict?: boolean
  readonly updateBaseline?: boolean
  readonly baseline: boolean
  readonly json?: boolean
  readonly junit?: string
  readonly quiet?: boolean
}
