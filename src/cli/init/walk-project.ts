import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { languageFiles } from './sdk.ts'

/** A file of the user's project that may say something about SDKs. */
export interface ProjectFile {
  /** From the project's folder, with slashes. */
  readonly path: string
  readonly text: string
}

/** Files of a project, and whether there were more than were looked at. */
export interface Project {
  readonly files: readonly ProjectFile[]
  readonly isCut: boolean
}

const mostFiles = 2_000
const mostBytes = 512 * 1024
const deepest = 8

/** Folders of others' code, and of what is built. */
const skipped = new Set(
  'node_modules venv env site-packages vendor dist build out target bin obj coverage __pycache__'.split(' '),
)

const interesting = Object.values(languageFiles).flatMap(({ sources, manifests }) => [sources, manifests])

/** Reads manifests and sources below a folder: no hidden folder, no link, nobody else's code, and not more than is quick. */
export async function walkProject(folder: string): Promise<Project> {
  const files: ProjectFile[] = []
  let isCut = false
  const visit = async (at: string, depth: number): Promise<void> => {
    for (const entry of await entriesOf(join(folder, at))) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`
      if (entry.isDirectory()) {
        if (entry.name.startsWith('.') || skipped.has(entry.name)) continue
        if (depth === deepest) isCut = true
        else await visit(path, depth + 1)
      } else if (entry.isFile() && interesting.some((pattern) => pattern.test(entry.name))) {
        if (files.length === mostFiles) isCut = true
        else files.push(...(await readText(folder, path)))
      }
      if (isCut && files.length === mostFiles) return
    }
  }
  await visit('', 0)
  return { files, isCut }
}

/** Files first, so that a manifest at the top is read before thousands of sources. */
async function entriesOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'ENOENT') return []
    throw error
  })
  const rank = (entry: (typeof entries)[number]) => (entry.isDirectory() ? 1 : 0)
  return entries.sort((left, right) => rank(left) - rank(right) || (left.name < right.name ? -1 : 1))
}

/** The text, where it can be read and is no large file: what is generated constructs no client. */
async function readText(folder: string, path: string): Promise<ProjectFile[]> {
  const at = join(folder, path)
  try {
    if ((await stat(at)).size > mostBytes) return []
    return [{ path, text: await readFile(at, 'utf8') }]
  } catch {
    return []
  }
}
