// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { isAbsolute, join } from 'node:path'
import type { StateConfig } from './config.ts'
import { defaultState } from './defaults.ts'
import type { Report } from './report.ts'
import type { WrittenConfig } from './schema.ts'

/** The state as written, over its defaults; paths start from the folder of the configuration. */
export function resolveState(written: WrittenConfig['state'], folder: string, report: Report): StateConfig {
  const {
    store = defaultState.store,
    path,
    url,
    migrate,
    lease: leaseNanoUsd = defaultState.leaseNanoUsd,
  } = written ?? {}
  if (url !== undefined) report.maskBelow(['state', 'url'])
  if (store === 'postgres') return { store, url: checked(url, path, report), migrate: migrate ?? 'auto', leaseNanoUsd }
  if (url !== undefined)
    report.add(['state', 'url'], 'SQLite is a file, and has no URL.', 'Add store: postgres, or remove the key.')
  if (migrate !== undefined)
    report.add(
      ['state', 'migrate'],
      'A file is always brought up to date at start.',
      'Remove the key, or add store: postgres.',
      'key',
    )
  const file = path ?? defaultState.path
  return { store, path: isAbsolute(file) ? file : join(folder, file), leaseNanoUsd }
}

function checked(url: string | undefined, path: string | undefined, report: Report): string {
  if (path !== undefined)
    report.add(['state', 'path'], 'A Postgres has no path.', 'Remove the key, or write store: sqlite.')
  if (url === undefined)
    report.add(['state', 'store'], 'It does not say where the Postgres is.', 'Add url: "${DATABASE_URL}".')
  else if (!isPostgres(url))
    report.add(
      ['state', 'url'],
      'This is no URL of a Postgres.',
      'Write postgres://user:password@host:5432/database, with special characters of the password percent-encoded.',
    )
  return url ?? ''
}

function isPostgres(url: string): boolean {
  try {
    const { protocol, password } = new URL(url)
    decodeURIComponent(password)
    return protocol === 'postgres:' || protocol === 'postgresql:'
  } catch {
    return false
  }
}
