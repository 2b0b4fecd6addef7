import { InseamError } from '../../errors/index.ts'
import type { AnyFeature } from '../feature.ts'
import { endingsOf, findModules } from './find-modules.ts'
import { importModule } from './import-module.ts'

/**
 * Loads the features that the modules at these paths export, by default or by name: a file is taken as it is, a folder for
 * the `*.feature.ts` (`.js`, `.mjs`, `.mts`) in it. All of them or none: throws `module-unreadable` for a module that is
 * not there or throws, and `config-invalid` for one without a feature, for a name that cannot stand in `feature/NAME` and
 * for one that two features have. Code is read once in the life of a process: a change needs a restart.
 */
export async function loadFeatures(paths: readonly string[]): Promise<readonly AnyFeature[]> {
  const known = new Map<string, { readonly feature: AnyFeature; readonly file: string }>()
  for (const file of await filesIn(paths)) {
    const features = new Set(Object.values(await importModule(file)).filter(isFeature))
    if (features.size === 0) {
      throw unusable(`${file} exports no feature.`, 'Export what `feature({ … })` gives, by default or by name.')
    }
    for (const feature of features) {
      checkName(feature, file)
      const other = known.get(feature.name)
      // What one file declares, another one may export again.
      if (other && other.feature !== feature) throw twice(feature, other.file, file)
      known.set(feature.name, { feature, file: other?.file ?? file })
    }
  }
  return [...known.values()].map(({ feature }) => feature)
}

async function filesIn(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const files = new Set<string>()
  for (const path of paths) {
    const found = await findModules(path, endingsOf('feature'))
    if (found.length === 0) {
      throw unusable(
        `${path} holds no features.`,
        'Name the files with features in it `*.feature.ts`, or correct the path.',
      )
    }
    for (const file of found) files.add(file)
  }
  return files
}

/** By what it has, not by where it comes from: a feature may be made with another copy of the package, or by hand. */
function isFeature(value: unknown): value is AnyFeature {
  if (typeof value !== 'object' || value === null) return false
  const { name, model, prompt } = value as Partial<Record<keyof AnyFeature, unknown>>
  return typeof name === 'string' && typeof model === 'string' && typeof prompt === 'function'
}

function checkName({ name }: AnyFeature, file: string): void {
  if (/^[A-Za-z0-9][\w.-]{0,127}$/.test(name)) return
  throw unusable(
    `${file}: the feature "${name.slice(0, 128)}" cannot be served as a model under this name.`,
    'Use letters, digits, ".", "-" and "_", at most 128 of them.',
  )
}

function twice({ name }: AnyFeature, first: string, second: string): InseamError {
  const where = first === second ? `Two features in ${first}` : `A feature in ${first} and another one in ${second}`
  return unusable(`${where} are called "${name}".`, 'Give each feature its own name.')
}

function unusable(message: string, fix: string): InseamError {
  return new InseamError('config-invalid', message, { fix })
}
