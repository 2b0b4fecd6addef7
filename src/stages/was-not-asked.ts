import type { InseamError } from '../errors/index.ts'

/** Whether the target was never asked, for its breaker is open, it takes no more, or a budget cannot be kept there: that costs nothing, and says nothing of the call. */
export function wasNotAsked({ code }: InseamError): boolean {
  return code === 'breaker-open' || code === 'throttled' || code === 'price-unknown'
}
