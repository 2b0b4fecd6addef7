import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repository } from './run-script.ts'

let building: Promise<string> | undefined

/** The folder of the library as it is published, built now and once a run: a `dist` that lies about may be of yesterday. */
export function buildLibrary(): Promise<string> {
  building ??= build()
  return building
}

async function build(): Promise<string> {
  await promisify(execFile)(process.execPath, ['scripts/build.ts'], { cwd: repository })
  return join(repository, 'dist')
}
