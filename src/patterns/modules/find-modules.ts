import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { grouped } from '../../core/figures.ts'
import { InseamError } from '../../errors/index.ts'

/** The names that modules of a kind end in: `.feature.ts`, `.feature.js`, `.feature.mjs`, `.feature.mts` for `feature`. */
export function endingsOf(kind: string): readonly string[] {
  return ['ts', 'js', 'mjs', 'mts'].map((ending) => `.${kind}.${ending}`)
}

/**
 * The modules that a path leads to, as absolute paths in the order of their names: a file is itself, whatever its name; a
 * folder is searched with all folders in it, but for `node_modules`, `dist`, hidden ones and links to folders. Throws
 * `module-unreadable` where there is nothing at the path, and for a folder of more than 100,000 entries.
 */
export async function findModules(from: string, endings: readonly string[]): Promise<string[]> {
  const path = resolve(from)
  if (!(await lookAt(path)).isDirectory()) return [path]
  const found: string[] = []
  const folders = [path]
  let entries = 0
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (++entries > mostEntries) throw tooMany(path)
      const at = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && !skipped.has(entry.name)) folders.push(at)
      } else if (endings.some((ending) => entry.name.endsWith(ending))) found.push(at)
    }
  }
  return found.sort()
}

const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist'])
const mostEntries = 100_000

async function lookAt(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read'
    throw new InseamError('module-unreadable', `${path} ${why}.`, { fix: 'Correct the path.', cause })
  }
}

function tooMany(path: string): InseamError {
  return new InseamError('module-unreadable', `${path} holds more than ${grouped(mostEntries)} entries.`, {
    fix: 'Name a smaller folder, or the files themselves.',
  })
}
