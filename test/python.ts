import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Ended, start } from './process.ts'

/** A Python that has the article's packages, or why there is none here. */
export type FoundPython =
  | { readonly type: 'found'; readonly python: string }
  | { readonly type: 'absent'; readonly whyNot: string }

/** What the article's listings import, beside what stands in for the rest. */
const articlePackages = ['anthropic==2.12.0', 'pydantic==2.14.3', 'numpy']

const cache = fileURLToPath(new URL('../node_modules/.cache/inseam-python', import.meta.url))
const isWindows = process.platform === 'win32'

/** Makes an environment with the packages, once: it is kept between test runs. Half a minute the first time. */
export async function findPython(packages: readonly string[] = articlePackages): Promise<FoundPython> {
  const kept = join(cache, packages.join('+').replaceAll(/[^\w.+=-]/g, '_'))
  const pythonOf = (folder: string) => join(folder, isWindows ? 'Scripts/python.exe' : 'bin/python')
  if (existsSync(kept)) return { type: 'found', python: pythonOf(kept) }
  mkdirSync(cache, { recursive: true })
  const made = `${kept}-${process.pid}`
  const whyNot = await make(made, pythonOf(made), packages)
  if (whyNot !== undefined) {
    rmSync(made, { recursive: true, force: true })
    return { type: 'absent', whyNot }
  }
  try {
    // It names its own path only where it runs pip, which is over.
    renameSync(made, kept)
  } catch (error) {
    // Another test file was quicker, and has made the same.
    rmSync(made, { recursive: true, force: true })
    if (!existsSync(kept)) throw error
  }
  return { type: 'found', python: pythonOf(kept) }
}

async function make(folder: string, python: string, packages: readonly string[]): Promise<string | undefined> {
  const made = await run(isWindows ? 'python' : 'python3', ['-m', 'venv', folder])
  if (made.code !== 0) return `python3 makes no environment here: ${lastLine(made)}`
  const options = ['--quiet', '--only-binary=:all:', '--retries', '1', '--timeout', '15', '--disable-pip-version-check']
  const installed = await run(python, ['-m', 'pip', 'install', ...options, ...packages])
  if (installed.code !== 0) return `pip cannot install ${packages.join(', ')} here: ${lastLine(installed)}`
  return undefined
}

/** pip is set up by its own variables: an index, a certificate. */
function run(command: string, words: readonly string[]): Promise<Ended> {
  const settings = Object.entries(process.env).filter(([name]) =>
    /^(?:PIP_|SSL_CERT_|https?_proxy$|no_proxy$)/i.test(name),
  )
  const env = Object.fromEntries(settings.map(([name, value]) => [name, value ?? '']))
  return start(command, words, { cwd: cache, env }).ended.catch((error: Error) => ({
    code: 1,
    signal: null,
    out: '',
    err: error.message,
  }))
}

const lastLine = ({ out, err }: Ended) => (err.trim() || out.trim()).split('\n').at(-1) ?? ''
