import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

// Writes every generated file; with --check, only says which ones are not as they would be written. The table of compatibility takes
// a minute and a half, because it is what tests see, and is written where it is asked for: `npm run docs -- compatibility`; so is the
// matrix of faults, which asks others beside the seam: `npm run docs -- fault-matrix`.
const generators = globSync('scripts/write-*.ts').sort()
const results = generators.map((file) =>
  spawnSync(process.execPath, [file, ...process.argv.slice(2)], { stdio: 'inherit' }),
)
const failed = results.filter(({ status }) => status !== 0).length
console.log(failed === 0 ? `${generators.length} generated files` : `${failed} of ${generators.length} failed`)
process.exitCode = failed === 0 ? 0 : 1
