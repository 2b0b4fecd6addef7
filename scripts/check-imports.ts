import { globSync, readFileSync } from 'node:fs'
import { findCycle } from './find-cycle.ts'
import { judgeImport } from './judge-import.ts'
import { type Import, readImports } from './read-imports.ts'
import { resolveSpecifier } from './rooms.ts'

const files = globSync('{src,examples,bench}/**/*.ts', { exclude: ['**/node_modules/**'] }).sort()
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const shipped = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))

const violations: string[] = []
const graph = new Map<string, Set<string>>()
for (const file of files) {
  const imports = importsOf(file)
  for (const found of imports) {
    const rule = judgeImport(file, found, shipped)
    if (rule) violations.push(`${file}:${found.line} imports ${found.specifier}: ${rule}`)
  }
  const targets = imports.flatMap(({ specifier }) => resolveSpecifier(file, specifier) ?? [])
  graph.set(file, new Set(targets))
}

const cycle = findCycle(graph)
if (cycle) violations.push(`import cycle (type imports count): ${cycle.join(' → ')}`)

for (const violation of violations) console.log(violation)
console.log(
  violations.length === 0 ? `${files.length} files` : `${violations.length} violations in ${files.length} files`,
)
process.exitCode = violations.length === 0 ? 0 : 1

function importsOf(file: string): Import[] {
  try {
    return readImports(readFileSync(file, 'utf8'))
  } catch (error) {
    violations.push(`${file} cannot be parsed: ${error instanceof Error ? error.message : error}`)
    return []
  }
}
