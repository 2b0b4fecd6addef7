import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publicEntries } from './entries.ts'

const missing = [...publicEntries().values()].filter((source) => !existsSync(source))
if (missing.length > 0) console.log(`skipped: ${missing.join(', ')} not there yet`)
else checkPackage()

/** Packs what would be published and looks at it as its users' tools do. */
function checkPackage(): void {
  const folder = mkdtempSync(join(tmpdir(), 'inseam-package-'))
  try {
    run(process.execPath, ['scripts/build.ts'])
    const packed = run('npm', ['pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', folder])
    const { filename, entryCount, size } = Object.values<Packed>(JSON.parse(packed))[0]!
    const tarball = join(folder, filename)
    run('publint', ['run', tarball, '--strict'])
    run('attw', [
      tarball,
      '--profile',
      'esm-only',
      '--no-emoji',
      '--format',
      'ascii',
      '--exclude-entrypoints',
      'inseam.schema.json',
    ])
    compileExamples()
    console.log(`${entryCount} files, ${Math.round(size / 1000)} kB packed`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Compiles the examples against what was built, as a project does that is stricter than this one. */
function compileExamples(): void {
  run('tsc', [
    ...['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'],
    ...['--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,esnext.disposable', '--types', 'node'],
    '--allowImportingTsExtensions',
    ...globSync('examples/**/*.ts'),
  ])
}

interface Packed {
  readonly filename: string
  readonly entryCount: number
  readonly size: number
}

function run(command: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, words, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status === 0) return stdout
  console.log(`${command} ${words[0]}:\n${stdout}${stderr}`)
  process.exit(1)
}
