import type { PriceOverride } from './books.ts'

/** Prices that were read from somebody else's list, and what of it was not. */
export interface ImportedPrices {
  /** By `provider/model`. */
  readonly models: Readonly<Record<string, PriceOverride>>
  readonly notTaken: readonly { readonly name: string; readonly why: string }[]
}
