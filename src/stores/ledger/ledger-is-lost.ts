import type { InseamError } from '../../errors/index.ts'

/** What follows from a ledger that fails so, in words. */
export function ledgerIsLost({ message }: InseamError): string {
  return `${message} Calls that a budget counts are refused, but for what this process holds in advance, until the ledger answers.`
}
