// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { expect, test } from 'vitest'
import { isInseamError } from '../errors/index.ts'
import { parseConfig } from './parse-config.ts'
import { secretsIn } from './secrets.ts'

const url = 'postgres://inseam:p%40ssw0rd@db.example:5432/inseam'
const parse = (text: string) => parseConfig(text, { path: '/etc/inseam/inseam.yaml', env: { DATABASE_URL: url } })

/** What the operator reads. */
function said(text: string): string {
  try {
    parse(text)
  } catch (error) {
    if (isInseamError(error)) return `\n${error.message}\n`
    throw error
  }
  return 'nothing'
}

test('state is a file beside the configuration, and no lease is held, where nothing is said', () => {
  const state = { store: 'sqlite', path: '/etc/inseam/.inseam/state.db', leaseNanoUsd: 0 }
  expect(parse('').state).toEqual(state)
  expect(parse('state: { store: sqlite }').state).toEqual(state)
})

test('a file, a Postgres and a lease are taken as written, exactly', () => {
  expect(parse('state: { path: ./money.db, lease: 0.000000001 USD }').state).toEqual({
    store: 'sqlite',
    path: '/etc/inseam/money.db',
    leaseNanoUsd: 1,
  })
  expect(parse('state: { store: postgres, url: "${DATABASE_URL}", lease: 1.5 USD }').state).toEqual({
    store: 'postgres',
    url,
    migrate: 'auto',
    leaseNanoUsd: 1_500_000_000,
  })
})

test('the password of a database is a secret, as it is written and as it is meant', () => {
  const secrets = secretsIn(parse('state: { store: postgres, url: "${DATABASE_URL}" }'))
  expect(secrets).toEqual(expect.arrayContaining([url, 'p%40ssw0rd', 'p@ssw0rd']))
})

test('a password that is badly encoded is refused', () => {
  expect(said('state: { store: postgres, url: "postgres://u:p%zz@db/x" }')).toContain('percent-encoded')
})

test('a Postgres without a URL, a file with one, and what is neither are refused without a word of the URL', () => {
  expect(said('state: { store: postgres }')).toMatchInlineSnapshot(`
    "
    /etc/inseam/inseam.yaml:1:17  state.store: It does not say where the Postgres is. Add url: "\${DATABASE_URL}".
      1 | state: { store: postgres }
        |                 ^
    "
  `)
  expect(said('state: { url: "postgres://u:p4ssw0rd@db/x" }')).toMatchInlineSnapshot(`
    "
    /etc/inseam/inseam.yaml:1:15  state.url: SQLite is a file, and has no URL. Add store: postgres, or remove the key.
      1 | state: { url: "**************************" }
        |               ^
    "
  `)
  expect(said('state: { store: postgres, url: "mysql://u:p4ssw0rd@db/x", path: ./x.db }')).toMatchInlineSnapshot(`
    "
    /etc/inseam/inseam.yaml:1:32  state.url: This is no URL of a Postgres. Write postgres://user:password@host:5432/database, with special characters of the password percent-encoded.
      1 | state: { store: postgres, url: "***********************", path: ./x.db }
        |                                ^
    /etc/inseam/inseam.yaml:1:65  state.path: A Postgres has no path. Remove the key, or write store: sqlite.
      1 | state: { store: postgres, url: "***********************", path: ./x.db }
        |                                                                 ^
    "
  `)
  expect(said('state: { store: redis, lease: 5 EUR }')).toMatchInlineSnapshot(`
    "
    /etc/inseam/inseam.yaml:1:17  state.store: "redis" is no store of state. Write sqlite or postgres.
      1 | state: { store: redis, lease: 5 EUR }
        |                 ^
    /etc/inseam/inseam.yaml:1:31  state.lease: "5 EUR" is in a currency that no price is in. Write US dollars, with at most nine digits after the point: 50 USD or 0.5 USD.
      1 | state: { store: redis, lease: 5 EUR }
        |                               ^
    "
  `)
})
