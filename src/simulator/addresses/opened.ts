/** Something that listens. */
export interface Opened {
  readonly url: string
  close(): Promise<void>
}
