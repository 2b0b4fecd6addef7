import { type BigIntStats, type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { formatOf } from './document-format.ts'
import type { DocumentFormat, DocumentInput } from './documents.ts'
import { unreadable } from './index-problem.ts'

/** A document that is there, not read yet. */
export type FoundDocument =
  | { readonly type: 'memory'; readonly id: string; readonly format: DocumentFormat; readonly text: string }
  | {
      readonly type: 'file'
      readonly id: string
      readonly format: DocumentFormat
      readonly path: string
      readonly bytes: number
      /** Changes when the file does; empty where it changed too lately to tell from another change. */
      readonly stamp: string
    }

/**
 * Finds what a set of documents names, each once, by id; where two have one id, the last counts. A file's id is its path from
 * the working directory, absolute where it lies outside. Of folders, all that have an ending of text, Markdown or HTML; hidden ones,
 * `node_modules`, and links that lead out or to folders are passed over. Throws `documents-unreadable` for what is not there.
 */
export function findDocuments(from: readonly (string | DocumentInput)[], now: number): Map<string, FoundDocument> {
  const found = new Map<string, FoundDocument>()
  const add = (document: FoundDocument) => found.set(document.id, document)
  for (const source of from) {
    if (typeof source !== 'string') {
      const { id, text, format = formatOf(id) ?? 'text' } = source
      add({ type: 'memory', id, text, format })
      continue
    }
    const path = resolve(source)
    const stats = statOf(path)
    if (stats.isFile()) add(fileAt(path, stats, now))
    else if (stats.isDirectory())
      for (const file of filesIn(path, realpathSync(path))) add(fileAt(file, statOf(file), now))
    else
      throw unreadable(
        `${path} is neither a file nor a folder.`,
        'Name text, Markdown or HTML files, or folders of them.',
      )
  }
  return found
}

function statOf(path: string): BigIntStats {
  try {
    return statSync(path, { bigint: true })
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
    if (isMissing) throw unreadable(`There is no document at ${path}.`, 'Correct the path, or create the file.', cause)
    throw unreadable(`${path} cannot be read: ${String(cause)}`, 'Make it readable for this user.', cause)
  }
}

function fileAt(path: string, { size, mtimeNs, ctimeNs, mtimeMs, ctimeMs }: BigIntStats, now: number): FoundDocument {
  const lastChange = Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs)
  const stamp = now - lastChange > 2_000 ? `${mtimeNs}:${ctimeNs}:${size}` : ''
  const id = idOf(path)
  return { type: 'file', id, path, format: formatOf(path) ?? 'text', bytes: Number(size), stamp }
}

function idOf(path: string): string {
  const fromHere = relative(process.cwd(), path)
  const id = fromHere.startsWith('..') || isAbsolute(fromHere) ? path : fromHere
  return sep === '/' ? id : id.replaceAll(sep, '/')
}

function* filesIn(folder: string, root: string): Generator<string, void, void> {
  for (const entry of entriesOf(folder)) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesIn(path, root)
    else if (formatOf(entry.name) && (entry.isFile() || (entry.isSymbolicLink() && leadsToFileWithin(path, root))))
      yield path
  }
}

/** By name, so that the same folder gives the same order everywhere. */
function entriesOf(folder: string): Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1))
  } catch (cause) {
    throw unreadable(`The folder ${folder} cannot be read: ${String(cause)}`, 'Make it readable for this user.', cause)
  }
}

function leadsToFileWithin(path: string, root: string): boolean {
  try {
    const real = realpathSync(path)
    return real.startsWith(root.endsWith(sep) ? root : root + sep) && statSync(real).isFile()
  } catch {
    // A link that leads nowhere is no document.
    return false
  }
}
