import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** A file of the page, in memory. */
export interface PageFile {
  readonly type: string
  readonly body: Buffer
  /** Absent where it would not be smaller. */
  readonly gzipped?: Buffer
  readonly etag: string
  /** Whether its name changes with its content. */
  readonly isImmutable: boolean
}

/** The page by path, `/` included: what is not in it is not served, so that no path leads out of the folder. */
export type PageFiles = ReadonlyMap<string, PageFile>

/** Where the build puts the page: the same place in the package and in a clone. */
export const builtPage = join(import.meta.dirname, '..', '..', 'dist', 'dashboard')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** Reads the page once. A folder that is not there is a page that is not built: what is served then says how. */
export async function readPage(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile() && Object.hasOwn(types, extname(entry.name)))
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name)
        const name = `/${path.slice(join(folder, sep).length).replaceAll(sep, '/')}`
        return [name, await pageFile(name, await readFile(path))] as const
      }),
  )
  const page = new Map(files)
  const index = page.get('/index.html') ?? (await pageFile('/index.html', Buffer.from(notBuilt)))
  return page.set('/', index).set('/index.html', index)
}

async function pageFile(name: string, body: Buffer): Promise<PageFile> {
  const type = types[extname(name)]!
  const isText = type.includes('charset')
  const gzipped = isText ? await promisify(gzip)(body, { level: 9 }) : undefined
  return {
    type,
    body,
    ...(gzipped && gzipped.length < body.length && { gzipped }),
    etag: `"${hash('sha256', body, 'base64url').slice(0, 22)}"`,
    isImmutable: /^\/assets\/.*-[\w-]{8,}\.\w+$/.test(name),
  }
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inseam: the page is not built</title>
<h1>The page is not built</h1>
<p>In a clone of Inseam, build it and start again:</p>
<pre>npm run build -w dashboard</pre>
<p>What it shows is also told by <code>inseam events tail</code> and <code>inseam explain last</code>.</p>
</html>
`
