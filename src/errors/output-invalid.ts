import { grouped } from '../core/figures.ts'
import { InseamError } from './inseam-error.ts'

/** Where an answer did not match its schema, and how. An empty path is the answer as a whole. */
export interface OutputIssue {
  /** `items[2].price`. */
  readonly path: string
  readonly message: string
  /** What stands there, as JSON and cut; absent where the answer could not be read. */
  readonly found?: string
}

/** What the model answered, and what was wrong with it. */
export interface OutputAttempt {
  readonly text: string
  readonly issues: readonly OutputIssue[]
}

/** The model's answer did not match the schema of the feature, and neither did its correction. Both stand in `attempts`, in order. */
export class OutputInvalid extends InseamError {
  readonly attempts: readonly OutputAttempt[]

  constructor(feature: string, attempts: readonly OutputAttempt[]) {
    const last = attempts.at(-1)?.issues ?? []
    super(
      'output-invalid',
      `The answer to "${feature}" does not match its schema after ${attempts.length} attempts: ${tell(last)}.`,
      {
        fix: 'Read `attempts`: make the schema or the prompt say what is meant, or use a model that keeps to it.',
      },
    )
    this.attempts = attempts
  }
}

const told = 3

function tell(issues: readonly OutputIssue[]): string {
  const first = issues.slice(0, told).map(({ path, message }) => {
    const said = message.replace(/\.$/, '').slice(0, 200)
    return path === '' ? said : `${path.slice(0, 100)}: ${said}`
  })
  const rest = issues.length - first.length
  return `${first.join('; ')}${rest > 0 ? `; and ${grouped(rest)} more` : ''}`
}
