import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { defaultConfig } from '../config.ts'
import { InseamError } from '../errors/index.ts'
import { changesAsJson } from './init/changes-as-json.ts'
import { findSdks } from './init/find-sdks.ts'
import { initText } from './init/init-text.ts'
import { starterConfig } from './init/starter-config.ts'
import { walkProject } from './init/walk-project.ts'

/** `inseam init`: the one line that leads a project's calls through the gateway. */
export function initCommand(program: Command): void {
  program
    .command('init')
    .description('Find the SDKs of a project and show the one-line change of base URL. Changes nothing.')
    .argument('[folder]', 'the project', '.')
    .option('--url <url>', "the gateway's address", readUrl, usualUrl)
    .option('--write', 'also write an inseam.yaml to start from, made of the keys in the environment')
    .option('--json', 'print what was found as JSON')
    .action(init)
}

interface InitOptions {
  readonly url: string
  readonly write?: boolean
  readonly json?: boolean
}

async function init(folder: string, { url: gateway, write = false, json = false }: InitOptions): Promise<void> {
  await checkFolder(folder)
  const { files, isCut } = await walkProject(folder)
  const found = findSdks(files, gateway)
  const written = write ? await writeStarter(folder) : undefined
  if (json) console.log(JSON.stringify(changesAsJson({ gateway, found, isCut, written }), undefined, 2))
  else console.log(initText({ gateway, found, isCut, written }))
}

async function checkFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder)
    throw new InseamError('invalid-request', `${folder} is no folder.`, { fix: 'Name the folder of your project.' })
}

/** Writes the file where there is none; what is there is the user's. */
async function writeStarter(folder: string): Promise<string> {
  const path = join(folder, 'inseam.yaml')
  const text = starterConfig(defaultConfig(process.env), process.env)
  try {
    await writeFile(path, text, { flag: 'wx' })
    return path
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    if (reason === 'EEXIST')
      throw new InseamError('config-invalid', `${path} is there already, and was left as it is.`, {
        fix: 'Move it away first, or go on with it.',
        cause,
      })
    throw new InseamError('config-invalid', `${path} cannot be written (${reason}).`, {
      fix: 'Check that this folder may be written to.',
      cause,
    })
  }
}

const { host, port } = defaultConfig({}).gateway
const usualUrl = `http://${host}:${port}`

function readUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '').replace(/\/v1$/, '')
  throw new InvalidArgumentError('It must begin with http:// or https://.')
}
