import { InseamError } from './inseam-error.ts'

/** One thing that is wrong with a configuration, and where. No secret's value is in any of its fields. */
export interface ConfigProblem {
  /** The file as it was named. */
  readonly file: string
  /** Counted from 1; 0 where the problem has no place in the text. */
  readonly line: number
  /** Counted from 1; 0 where the problem has no place in the text. */
  readonly column: number
  /** `models.fast.timeout.total`; empty for the whole file. */
  readonly path: string
  /** What is wrong, as a sentence. */
  readonly message: string
  /** What to write instead, as a sentence. */
  readonly fix: string
  /** The line itself with a caret below the place; secrets are masked. */
  readonly excerpt?: string
}

/** Problems beyond these are counted in the message and listed in `problems` alone. */
const mostPrinted = 50

/** The configuration cannot be used. Every problem that was found is in `problems`, and the message prints each with its fix. */
export class ConfigInvalid extends InseamError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const more = problems.length - mostPrinted
    super(
      'config-invalid',
      [...problems.slice(0, mostPrinted).map(print), ...(more > 0 ? [`and ${more} more.`] : [])].join('\n'),
      {
        fix:
          problems.length === 1
            ? (problems[0]?.fix ?? '')
            : `Correct the ${problems.length} places that the message names.`,
      },
    )
    this.problems = problems
  }
}

function print({ file, line, column, path, message, fix, excerpt }: ConfigProblem): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`
  const said = `${place}  ${path === '' ? '' : `${path}: `}${message} ${fix}`
  return excerpt === undefined ? said : `${said}\n${excerpt}`
}
