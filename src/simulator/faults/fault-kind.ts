import type { DialectName } from '../dialect.ts'

/** A way to fail: what it does, and what can be set about it. */
export interface FaultKind {
  readonly description: string
  readonly params: Readonly<Record<string, FaultParam>>
  /**
   * What the provider bills for it: `nothing`; the `input` alone; what was `produced` before it struck; or `all`, because the
   * answer was made and lost on its way.
   */
  readonly bills: 'nothing' | 'input' | 'produced' | 'all'
  /** Where it has no sense: there the answer stays as it is, and log and invoice name no fault. */
  readonly notIn?: readonly DialectName[]
  /** Whether it has sense in streams alone. Default false. */
  readonly streamedOnly?: boolean
}

export interface FaultParam {
  readonly description: string
  readonly default: string | number | boolean
  /** All that it may be. Default: anything of the default's type. */
  readonly oneOf?: readonly string[]
}
