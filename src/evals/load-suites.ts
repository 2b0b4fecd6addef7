import { endingsOf, findModules } from '../patterns/modules/find-modules.ts'
import { importModule } from '../patterns/modules/import-module.ts'
import { shownPath } from './read-text.ts'
import { isSuite, type Suite } from './suite.ts'
import { suiteInvalid } from './suite-invalid.ts'

/** A suite and the file that exports it. */
export interface FoundSuite {
  readonly file: string
  readonly suite: Suite
}

/**
 * Finds suites: files are read whatever their names, folders are searched for `*.eval.ts`, `.js`, `.mjs` and `.mts`. A file
 * exports suites under any names, or as its default. Throws `module-unreadable` where a file throws on import, and
 * `suite-invalid` where one exports no suite, or two suites of a file have the same name.
 */
export async function loadSuites(paths: readonly string[]): Promise<FoundSuite[]> {
  const files = new Set<string>()
  for (const path of paths) for (const file of await findModules(path, endingsOf('eval'))) files.add(file)
  if (files.size === 0)
    throw suiteInvalid(
      `There are no suites in ${paths.map(shownPath).join(', ')}.`,
      'Write one in a file that ends in .eval.ts and exports it: export default suite({ … }).',
    )
  const found: FoundSuite[] = []
  for (const file of files) found.push(...suitesOf(file, await importSuites(file)))
  return found
}

async function importSuites(file: string): Promise<readonly Suite[]> {
  // The same suite may be exported under two names.
  return [...new Set(Object.values(await importModule(file)).filter(isSuite))]
}

function suitesOf(file: string, suites: readonly Suite[]): FoundSuite[] {
  if (suites.length === 0)
    throw suiteInvalid(`${shownPath(file)} exports no suite.`, 'Export one: export default suite({ … }).')
  const names = suites.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw suiteInvalid(
      `${shownPath(file)} exports two suites with the name "${twice}".`,
      'Give each suite of a file its own name: baselines are kept by it.',
    )
  return suites.map((suite) => ({ file, suite }))
}
