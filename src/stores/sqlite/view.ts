/** A column of a documented view: its name, what it is made of, and what it means. */
export interface ViewColumn {
  readonly name: string
  readonly sql: string
  /** The same in Postgres, where that says it otherwise. */
  readonly postgres?: string
  readonly meaning: string
}

/** A view that users may query. Columns are added, never taken away or given another meaning. */
export interface View {
  readonly name: string
  readonly table: string
  readonly meaning: string
  readonly columns: readonly ViewColumn[]
}
