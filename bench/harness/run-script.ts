import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Runs a script in a fresh Node process, in the repository, and gives what it printed. */
export async function runScript(script: string): Promise<string> {
  const words = ['--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: repository })
  return stdout
}

/** Where the repository is. */
export const repository: string = join(import.meta.dirname, '..', '..')
