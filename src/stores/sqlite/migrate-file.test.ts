import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../sqlite/migrate.ts'
import { openEventStore } from './event-store.ts'
import { migrateFile, pendingInFile } from './migrate-file.ts'
import { migrations } from './migrations.ts'

const steps = migrations.map(({ name }) => name)

/** A file as an older version left it, with rows in it. */
function olderFile(path: string, stepsTaken: number): void {
  const database = new DatabaseSync(path)
  migrate(database, 'inseam_migrations', migrations.slice(0, stepsTaken))
  const add = database.prepare(
    `INSERT INTO calls (call_id, schema_version, door, model, streamed, source, started_at, ending, usage_source, cost_status, attempts, fallbacks, cache)
     VALUES (?, 1, 'gateway', 'fast', 0, 'provider', 1, 'completed', 'measured', 'priced', 1, 0, 'off')`,
  )
  for (let call = 0; call < 200; call++) add.run(`call_${call}`)
  database.close()
}

function callsIn(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return Number(database.prepare('SELECT count(*) AS calls FROM calls').get()?.calls)
  } finally {
    database.close()
  }
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inseam-migrate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('takes the steps that a file lacks, keeps its rows, and takes none the second time', () => {
  const file = { path: join(folder, 'older.db'), holds: 'events' } as const
  olderFile(file.path, 2)
  const before = readFileSync(file.path)
  expect(pendingInFile(file)).toEqual(steps.slice(2))
  expect(readFileSync(file.path).equals(before)).toBe(true)
  expect(migrateFile(file)).toEqual(steps.slice(2))
  expect(callsIn(file.path)).toBe(200)
  expect(pendingInFile(file)).toEqual([])
  expect(migrateFile(file)).toEqual([])
})

it('makes a file that is not there, with its folder, and looking makes none', () => {
  const file = { path: join(folder, 'new', 'state.db'), holds: 'state' } as const
  const pending = pendingInFile(file)
  expect(pending.length).toBeGreaterThan(0)
  expect(pendingInFile(file)).toEqual(pending)
  expect(migrateFile(file)).toEqual(pending)
  expect(pendingInFile(file)).toEqual([])
})

it('refuses what a newer version wrote, and what is something else, and changes neither', () => {
  const newer = join(folder, 'newer.db')
  const theirs = join(folder, 'theirs.db')
  let database = new DatabaseSync(newer)
  migrate(database, 'inseam_migrations', [{ name: 'from-the-future', sql: 'CREATE TABLE calls (call_id TEXT)' }])
  database.close()
  database = new DatabaseSync(theirs)
  database.exec('CREATE TABLE theirs (id TEXT)')
  database.close()
  for (const [path, message] of [
    [newer, /newer version: it has the schema step "from-the-future"/],
    [theirs, /something else/],
  ] as const) {
    const file = { path, holds: 'events' } as const
    for (const attempt of [() => pendingInFile(file), () => migrateFile(file)])
      expect(attempt).toThrow(
        expect.objectContaining({ code: 'config-invalid', message: expect.stringMatching(message) }),
      )
    const look = new DatabaseSync(path, { readOnly: true })
    const tables = look.prepare("SELECT count(*) AS tables FROM sqlite_master WHERE type = 'table'").get()?.tables
    look.close()
    expect(tables).toBe(path === newer ? 2 : 1)
  }
})

it('is taken once where four open an older file at once', async () => {
  const path = join(folder, 'four.db')
  olderFile(path, 1)
  const stores = await Promise.all(Array.from({ length: 4 }, () => openEventStore({ path })))
  for (const store of stores) await store.close()
  expect(pendingInFile({ path, holds: 'events' })).toEqual([])
  expect(callsIn(path)).toBe(200)
})

const small = mkdtempSync(join(tmpdir(), 'inseam-small-disk-'))
const canMount = mount()
if (canMount) spawnSync('umount', [small])
afterAll(() => rmSync(small, { recursive: true, force: true }))

function mount(): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1024k', 'tmpfs', small]).status === 0
}

describe.skipIf(!canMount)('on a disk of its own (needs the right to mount one)', () => {
  const file = { path: join(small, 'events.db'), holds: 'events' } as const
  const filler = join(small, 'filler')
  afterEach(() => {
    spawnSync('umount', ['-l', small])
  })

  it('refuses where the disk is full, says what to do, and leaves the file as it was', () => {
    mount()
    olderFile(file.path, 2)
    fill(filler)
    expect(() => migrateFile(file)).toThrow(
      expect.objectContaining({ code: 'config-invalid', fix: 'Make room on the disk.' }),
    )
    expect(callsIn(file.path)).toBe(200)
    rmSync(filler)
    expect(pendingInFile(file)).toEqual(steps.slice(2))
    expect(migrateFile(file)).toEqual(steps.slice(2))
    expect(callsIn(file.path)).toBe(200)
  })

  it('refuses where the disk may only be read, and says what to do', () => {
    mount()
    olderFile(file.path, 2)
    expect(spawnSync('mount', ['-o', 'remount,ro', small]).status).toBe(0)
    expect(() => migrateFile(file)).toThrow(
      expect.objectContaining({ code: 'config-invalid', fix: expect.stringContaining('writable for this user') }),
    )
    expect(pendingInFile(file)).toEqual(steps.slice(2))
    expect(callsIn(file.path)).toBe(200)
  })
})

/** Leaves no byte free. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (const bytes of [65_536, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(bytes))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    }
  } finally {
    closeSync(file)
  }
}
