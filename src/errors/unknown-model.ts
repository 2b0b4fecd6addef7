import { InseamError } from './inseam-error.ts'

/** The name is neither an alias nor a model of a configured provider. `known` is what is listed; `providers` may have more. */
export class UnknownModel extends InseamError {
  readonly known: readonly string[]

  constructor(model: string, known: readonly string[], providers: readonly string[] = []) {
    const shown = known.slice(0, 20).join(', ') + (known.length > 20 ? `, and ${known.length - 20} more` : '')
    super('unknown-model', `There is no model "${model}".`, {
      fix:
        known.length > 0
          ? `Use one of: ${shown}; or "provider/model"${ofProviders(providers)}.`
          : 'Configure a provider: set its key in the environment, or write inseam.yaml. Without one, `openSeam({ simulate: true })` answers from a simulator.',
    })
    this.known = known
  }
}

const ofProviders = (names: readonly string[]): string =>
  names.length === 0
    ? ''
    : `, where the providers are ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
