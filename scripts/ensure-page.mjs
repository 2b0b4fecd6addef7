// Builds the page into dist/dashboard where it is missing or older than what it is made of. Runs before what serves it, after
// the packages are installed; plain JavaScript with Node's own modules only, like the script that installs them.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** What of the library is in the page; of all else it takes only types. */
const sources = ['dashboard', 'src/core/usage.ts']

if (!isFresh()) build()

function isFresh() {
  const built = changedAt('dist/dashboard/index.html')
  return sources.flatMap(withFiles).every((file) => changedAt(file) <= built)
}

/** A file; or a folder and all that is in it: a file that is gone changes its folder. */
function withFiles(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  const inside = readdirSync(join(root, path), { recursive: true }).map(String)
  return [path, ...inside.filter((file) => !file.startsWith('node_modules')).map((file) => join(path, file))]
}

function changedAt(file) {
  return statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY
}

function build() {
  const vite = join(root, 'node_modules', '.bin', 'vite')
  const { status, error, stdout, stderr } = spawnSync(vite, ['build', 'dashboard', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status === 0) return
  console.error(`The page could not be built: ${error?.message ?? `${stdout}${stderr}`.trim()}`)
  console.error(
    'Read what is said above, then run `npm run build -w dashboard`. Everything but the page works without it.',
  )
}
