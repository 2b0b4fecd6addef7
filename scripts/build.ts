import { spawnSync } from 'node:child_process'
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
if (status !== 0) process.exit(status ?? 1)

// tsc rewrites the endings of imports in code, neither those of module URLs nor those in declarations.
for (const file of globSync('dist/**/*.{js,d.ts}')) {
  const emitted = readFileSync(file, 'utf8')
  const ending = /(?<before>(?:from |import\(|new URL\()\s*['"]\.{1,2}\/[^'"]*)\.ts(?=['"])/g
  const rewritten = emitted.replaceAll(ending, '$<before>.js')
  if (rewritten !== emitted) writeFileSync(file, rewritten)
}

for (const file of globSync('src/**/*.*', { exclude: ['**/*.ts', '**/fixtures/**'] })) {
  const copy = join('dist', relative('src', file))
  mkdirSync(dirname(copy), { recursive: true })
  copyFileSync(file, copy)
}
