import { InseamError } from './inseam-error.ts'

/** What is asked for is there, and does not do that. */
export class MethodNotAllowed extends InseamError {
  /** The methods that it takes, for the header `allow`. */
  readonly allowed: readonly string[]

  constructor(method: string, path: string, allowed: readonly string[]) {
    const fix = `Use ${allowed.join(', ').replace(/, (?=\w+$)/, ' or ')}.`
    super('method-not-allowed', `${method} is not done at ${path.slice(0, 200)}.`, { fix })
    this.allowed = allowed
  }
}
