import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { publicEntries } from './entries.ts'

// Loaded with --import before an example: `inseam` and its subpaths mean the sources, and an assertion that fails ends it.
const entries = publicEntries()
const root = fileURLToPath(new URL('..', import.meta.url))

registerHooks({
  resolve(specifier, context, next) {
    const source = entries.get(specifier)
    return source ? { url: pathToFileURL(resolve(root, source)).href, shortCircuit: true } : next(specifier, context)
  },
})

console.assert = (condition, ...message) => {
  if (!condition) throw new Error(['Assertion failed', ...message].join(' '))
}
