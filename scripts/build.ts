import { spawnSync } from 'node:child_process'
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build, type Plugin } from 'rolldown'
import { publicEntries } from './entries.ts'

/*
 * Declarations come from tsc, file by file; code from rolldown, a file an entry and shared chunks, because a process that
 * imports the library would else open more than a hundred small files: that alone was over half of its import time.
 */

rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json', '--emitDeclarationOnly'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
if (status !== 0) process.exit(status ?? 1)

// tsc leaves the endings of imports in declarations.
for (const file of globSync('dist/**/*.d.ts')) {
  const emitted = readFileSync(file, 'utf8')
  const ending = /(?<before>(?:from |import\()\s*['"]\.{1,2}\/[^'"]*)\.ts(?=['"])/g
  const rewritten = emitted.replaceAll(ending, '$<before>.js')
  if (rewritten !== emitted) writeFileSync(file, rewritten)
}

/** What `engines` promises: newer syntax is written anew. */
const { engines } = JSON.parse(readFileSync('package.json', 'utf8'))
const oldestNode = `node${engines.node.replace('>=', '')}`

/** The name of a source file in `dist`: `src/stores/sqlite/event-writer.ts` is `stores/sqlite/event-writer`. */
const nameOf = (source: string): string => relative('src', source).slice(0, -'.ts'.length)

/** Modules that are named by their URL: workers. */
const moduleUrl = /new URL\('(?<path>\.{1,2}\/[^']*)\.ts', import\.meta\.url\)/g
const workers = globSync('src/**/*.ts', { exclude: ['**/*.test.ts'] }).flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(moduleUrl)].map(({ groups }) => join(dirname(file), `${groups?.path}.ts`)),
)

/** A chunk may lie elsewhere than its source, so the URL is written anew from where the chunk is. */
const relocateModuleUrls: Plugin = {
  name: 'relocate-module-urls',
  transform: (code, id) =>
    code.replaceAll(
      moduleUrl,
      (_match, path: string) => `new URL('module:${nameOf(join(dirname(id), `${path}.ts`))}', import.meta.url)`,
    ),
  renderChunk: (code, { fileName }) =>
    code.replaceAll(/new URL\("module:(?<name>[^"]+)", import\.meta\.url\)/g, (_match, name: string) => {
      const path = relative(dirname(fileName), `${name}.js`)
      return `new URL(${JSON.stringify(path.startsWith('.') ? path : `./${path}`)}, import.meta.url)`
    }),
}

/** All but the project's own files and what the compiler writes for syntax that the oldest Node cannot read. */
const external = /^(?!\.{0,2}\/|\0|@oxc-project\/runtime\/)/

const bundle = (sources: readonly string[]) =>
  build({
    input: Object.fromEntries(sources.map((source) => [nameOf(source), source])),
    platform: 'node',
    transform: { target: oldestNode },
    external,
    plugins: [relocateModuleUrls],
    output: {
      dir: 'dist',
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
    },
  })

await bundle([...publicEntries().values(), 'src/cli/main.ts'])
// Apart, so that no chunk of the library leads into a worker's.
await bundle(workers)

page()

for (const file of globSync('src/**/*.*', { exclude: ['**/*.ts', '**/fixtures/**'] })) {
  const copy = join('dist', relative('src', file))
  mkdirSync(dirname(copy), { recursive: true })
  copyFileSync(file, copy)
}

/** The page has its own toolchain. */
function page(): void {
  const { status } = spawnSync('npm', ['run', '--silent', 'build', '--workspace', 'dashboard'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}
