import { InseamError } from './inseam-error.ts'

/** The caller's request cannot be read. `path` names the field: `messages[1].role`. */
export class InvalidRequest extends InseamError {
  readonly path: string

  constructor(path: string, message: string, fix = 'Correct the field and send the request again.') {
    super('invalid-request', path === '' ? message : `${path}: ${message}`, { fix })
    this.path = path
  }
}
