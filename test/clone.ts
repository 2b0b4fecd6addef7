import { cpSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a fresh clone does not have: what was installed, built or recorded. */
const made = new Set(['node_modules', 'dist', '.git', '.inseam', 'coverage', 'results'])

/** Copies the project as a fresh clone has it. Its packages are those of this one. */
export function cloneInto(folder: string): void {
  cpSync(root, folder, { recursive: true, filter: (path) => !made.has(basename(path)) })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
}
