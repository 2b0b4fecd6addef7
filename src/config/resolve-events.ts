// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { isAbsolute, join } from 'node:path'
import type { EventsConfig } from './config.ts'
import { defaultEvents } from './defaults.ts'
import type { Report } from './report.ts'
import type { WrittenConfig } from './schema.ts'

/** What only a Postgres has. */
const ofPostgres = ['url', 'retention', 'spool', 'migrate'] as const

/** The record as written, over its defaults; paths start from the folder of the configuration. */
export function resolveEvents(written: WrittenConfig['events'], folder: string, report: Report): EventsConfig {
  const {
    store = defaultEvents.store,
    path = defaultEvents.path,
    url,
    retention,
    spool,
    migrate,
    content,
  } = written ?? {}
  const from = (file: string) => (isAbsolute(file) ? file : join(folder, file))
  report.maskBelow(['events', 'url'])
  const config: EventsConfig = { store, path: from(path), keepContent: content === 'on' }
  if (store !== 'postgres') {
    for (const key of ofPostgres)
      if (written?.[key] !== undefined)
        report.add(
          ['events', key],
          `Only a record in Postgres has it, and this one is "${store}".`,
          'Write store: postgres, or remove the key.',
          'key',
        )
    return config
  }
  if (written?.path !== undefined)
    report.add(['events', 'path'], 'A Postgres has no path.', 'Remove the key, or write store: sqlite.', 'key')
  return {
    ...config,
    postgres: {
      url: checked(url, report),
      ...(retention !== undefined && { retentionMs: retention }),
      spool: { path: from(spool?.path ?? '.inseam/spool'), maxBytes: spool?.maxBytes ?? 2 ** 30 },
      migrate: migrate ?? 'auto',
    },
  }
}

function checked(url: string | undefined, report: Report): string {
  if (url === undefined)
    report.add(['events', 'store'], 'It does not say where the Postgres is.', 'Add url: "${DATABASE_URL}".')
  else if (!URL.canParse(url) || !/^postgres(?:ql)?:$/.test(new URL(url).protocol))
    report.add(
      ['events', 'url'],
      'This is no URL of a Postgres.',
      'Write postgres://user:password@host:5432/database, with special characters of the password percent-encoded.',
    )
  return url ?? ''
}
