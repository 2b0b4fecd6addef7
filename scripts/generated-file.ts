import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Writes a generated file, or with `--check` on the command line fails where it is not as it would be written. */
export function generatedFile(path: string, content: string): void {
  if (!process.argv.includes('--check')) {
    writeFileSync(path, content)
    console.log(`wrote ${path}`)
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== content) {
    console.log(`${path} is not as it would be generated. Run \`npm run docs\` and commit it.`)
    process.exitCode = 1
  }
}
