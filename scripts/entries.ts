import { readFileSync } from 'node:fs'

/** The public entries, each with its source: `inseam/errors` is `src/errors/index.ts`. Read from `exports` of package.json. */
export function publicEntries(): Map<string, string> {
  const { name, exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const entries = new Map<string, string>()
  for (const [path, target] of Object.entries<{ default?: string }>(exports)) {
    if (!target.default) continue
    const source = target.default.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts')
    entries.set(path.replace(/^\./, name), source)
  }
  return entries
}
