import type { Problem } from '../../problem.ts'

/** The refusals that every provider has words of its own for. */
export const wordedRefusals = [
  'quota-exhausted',
  'spend-limit',
  'unpaid',
  'slow-down',
  'context-exceeded',
  'content-policy',
  'region-blocked',
  'model-retired',
  'model-not-ready',
  'credential-rejected',
] as const
export type RefusalName = (typeof wordedRefusals)[number]

/** What a refusal may name. */
export interface About {
  readonly model: string
  /** The code that the fault asks for; empty is the provider's commonest. */
  readonly code: string
  /** What a quota allows. */
  readonly limit: number
}

/** How one provider refuses. */
export interface ProviderWords {
  readonly refusals: Readonly<Record<RefusalName, (about: About) => Problem>>
  /** The class of error that stands for a status. */
  typeOf(status: number): string
}
