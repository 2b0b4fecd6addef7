import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

/**
 * In a clone, `inseam` and its entries mean the sources, so that features and suites can be run before anything is built. Does
 * nothing in the package.
 */
export function meanSources(): void {
  if (!import.meta.url.endsWith('.ts')) return
  const manifest = new URL('../../package.json', import.meta.url)
  const { name, exports }: Manifest = JSON.parse(readFileSync(manifest, 'utf8'))
  registerHooks({
    resolve(specifier, context, next) {
      const isOwn = specifier === name || specifier.startsWith(`${name}/`)
      const entry = isOwn ? exports[`.${specifier.slice(name.length)}`] : undefined
      if (typeof entry !== 'object') return next(specifier, context)
      const source = entry.default.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts')
      return { url: new URL(source, manifest).href, shortCircuit: true }
    },
  })
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}
