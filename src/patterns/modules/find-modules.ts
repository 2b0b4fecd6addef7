import type { Stats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { grouped } from '../../core/figures.ts'
import { InseamError } from '../../errors/index.ts'
import { fixForImport } from './fix-for-import.ts'

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

/** How long a module may take to be imported, in milliseconds. */
const patienceMs = 30_000

/**
 * Imports a module and gives its exports. Throws `module-unreadable`, which names the file, what it threw and where; also where
 * the import does not end within `timeoutMs` (default 30,000), because something in it is awaited for ever.
 */
export async function importModule(path: string, timeoutMs = patienceMs): Promise<Readonly<Record<string, unknown>>> {
  // A link is imported as what it leads to, as Node does for the entry point.
  const real = await realpath(path)
  let timer: NodeJS.Timeout | undefined
  // It also keeps a process going that has nothing else to do, and would end here without a word.
  const tooLong = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined)
  })
  try {
    const exports = await Promise.race([import(pathToFileURL(real).href), tooLong])
    if (exports !== undefined) return exports
  } catch (cause) {
    const said = whatWasThrown(cause, real)
    throw new InseamError('module-unreadable', `${path} cannot be imported: ${said}.`, {
      fix: fixForImport(cause),
      cause,
    })
  } finally {
    clearTimeout(timer)
  }
  throw new InseamError(
    'module-unreadable',
    `${path} cannot be imported: it was not done within ${grouped(timeoutMs)} ms.`,
    { fix: 'Take out of the file what is awaited while it is imported, or what never ends: a connection, say.' },
  )
}

function whatWasThrown(thrown: unknown, path: string): string {
  if (!(thrown instanceof Error)) return `it threw ${String(thrown)}`
  const said = `${thrown.name}: ${thrown.message.split('\n')[0]?.replace(/\.$/, '')}`
  const place = placeIn(thrown.stack ?? '', path)
  return place === undefined ? said : `${said} (${place})`
}

/** Where it was thrown: the first place in the module itself, else the first place that is no module of Node's or a package. */
function placeIn(stack: string, path: string): string | undefined {
  const places = [...stack.matchAll(/(?:file:\/\/)?((?:\/|[A-Z]:[\\/])[^\s()?]*?)(?:\?[^\s():]*)?:(\d+)(?::(\d+))?/g)]
    .map(([, file = '', line, column]) => ({ file: decoded(file), at: column ? `${line}:${column}` : `${line}` }))
    .filter(({ file }) => !file.includes('node_modules'))
  const own = places.find(({ file }) => file === path)
  if (own) return `line ${own.at}`
  const other = places[0]
  return other && `${other.file}:${other.at}`
}

function decoded(file: string): string {
  try {
    return decodeURIComponent(file)
  } catch {
    return file
  }
}

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
