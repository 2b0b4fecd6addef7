/** A case as a file says it: its input is checked by the feature's own schema. */
export interface FileCase {
  readonly value: unknown
  /** `cases.jsonl:3` */
  readonly place: string
}

/** A file of cases, read anew each time, line by line. */
export interface CaseFile {
  readonly path: string
  open(): AsyncGenerator<FileCase, void, void>
}

/** Whether the cases are a file's. */
export function isCaseFile(cases: object): cases is CaseFile {
  return 'open' in cases && 'path' in cases
}
