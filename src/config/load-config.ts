import { createReadStream } from 'node:fs'
import { text as textOf } from 'node:stream/consumers'
import { ConfigInvalid } from '../errors/config-invalid.ts'
import type { Config } from './config.ts'
import { defaultConfig } from './defaults.ts'
import { mostBytes, type ParseOptions, parseConfig } from './parse-config.ts'
import { reasonOf } from './substitute.ts'

/** Where to find a configuration. */
export interface LoadOptions extends ParseOptions {
  /** The configuration itself, instead of a file's. */
  readonly text?: string
}

/**
 * Reads the configuration: `text`, or the file at `path`, or `inseam.yaml` in the working directory. Where none of them is
 * given and that file is not there, gives `defaultConfig`. Throws `ConfigInvalid` and nothing else, also where `path` cannot
 * be read.
 *
 * @example
 * ```ts
 * import { loadConfig } from 'inseam/config'
 *
 * const config = await loadConfig({ text: 'gateway: { port: 8080 }', env: { OPENAI_API_KEY: 'sk-example' } })
 * console.assert(config.providers[0]?.name === 'openai' && config.gateway.port === 8080)
 * ```
 */
export async function loadConfig({ text, ...options }: LoadOptions = {}): Promise<Config> {
  if (text !== undefined) return parseConfig(text, options)
  const path = options.path ?? 'inseam.yaml'
  try {
    return parseConfig(await textOf(createReadStream(path, { end: mostBytes })), { ...options, path })
  } catch (error) {
    if (error instanceof ConfigInvalid) throw error
    const reason = reasonOf(error)
    if (reason === 'ENOENT' && options.path === undefined) return defaultConfig(options.env ?? process.env)
    throw new ConfigInvalid([
      {
        file: path,
        line: 0,
        column: 0,
        path: '',
        message: `The file cannot be read (${reason}).`,
        fix: 'Check the path, and that this process may read it.',
      },
    ])
  }
}
