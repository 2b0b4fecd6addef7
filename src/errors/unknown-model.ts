import { InseamError } from './inseam-error.ts'

/** The name is neither an alias nor a model that a configured provider lists. `known` is what exists. */
export class UnknownModel extends InseamError {
  readonly known: readonly string[]

  constructor(model: string, known: readonly string[]) {
    const shown = known.slice(0, 20).join(', ') + (known.length > 20 ? `, and ${known.length - 20} more` : '')
    super('unknown-model', `There is no model "${model}".`, {
      fix:
        known.length > 0
          ? `Use one of: ${shown}; or "provider/model".`
          : 'Configure a provider: set its key in the environment, or write inseam.yaml. Without one, `openSeam({ simulate: true })` answers from a simulator.',
    })
    this.known = known
  }
}
