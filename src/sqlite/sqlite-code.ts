/** SQLite's primary code, where it is SQLite that threw; else -1. */
export function sqliteCode(thrown: unknown): number {
  return thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : -1
}
