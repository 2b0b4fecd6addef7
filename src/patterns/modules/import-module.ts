import { realpath } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { milliseconds } from '../../core/figures.ts'
import { InseamError } from '../../errors/index.ts'
import { fixForImport } from './fix-for-import.ts'

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
    `${path} cannot be imported: it was not done within ${milliseconds(timeoutMs)}.`,
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
