import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { findConfig } from '../src/cli/find-config.ts'
import './example-runtime.ts'

/*
 * `npm run example 01`: runs an example of examples/ on the sources, without a build, on whatever `npm start` would answer from.
 * Where that is the simulator (or with --simulate), the example finds it by an inseam.yaml in a folder of its own.
 */

const folder = fileURLToPath(new URL('../examples', import.meta.url))
const [wanted = '', ...flags] = process.argv.slice(2)
const names = readdirSync(folder).filter((name) => /^\d\d-.*\.ts$/.test(name))
const found = names.filter((name) => name.startsWith(wanted) && wanted !== '')
if (found.length !== 1) {
  console.error(`Name one example, such as \`npm run example 01\`:\n${names.map((name) => `  ${name}`).join('\n')}`)
  process.exit(2)
}

const { origin, isSimulated, config, close } = await findConfig({ simulate: flags.includes('--simulate') })
console.error(`Answers come from ${origin}.\n`)
const before = process.cwd()
const own = isSimulated ? mkdtempSync(join(tmpdir(), 'inseam-example-')) : undefined
try {
  if (own !== undefined) {
    const { providers, aliases } = config
    const written = {
      providers: Object.fromEntries(
        providers.map(({ name, dialect, url, key, models }) => [name, { dialect, url, key, models }]),
      ),
      models: Object.fromEntries(
        aliases.map(({ name, targets }) => [
          name,
          { targets: targets.map(({ provider, model }) => `${provider}/${model}`) },
        ]),
      ),
    }
    writeFileSync(join(own, 'inseam.yaml'), JSON.stringify(written))
    process.chdir(own)
  }
  await import(pathToFileURL(join(folder, found[0]!)).href)
} finally {
  await close()
  process.chdir(before)
  if (own !== undefined) rmSync(own, { recursive: true, force: true })
}
