/** What a user may say to `inseam up`. */
export interface UpOptions {
  readonly config?: string
  readonly port?: number
  readonly host?: string
  readonly workers?: number | 'auto'
  readonly adminPort?: number
  readonly page: boolean
  readonly simulate?: boolean
  readonly json?: boolean
}
