import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { isInseamError } from '../../errors/index.ts'
import { held, sampleAccount } from '../ledger.suite.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'

let directory = ''
let files = 0
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'inseam-ledger-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const newPath = () => join(directory, `${++files}`, 'state.db')
/** A minute later, by the wall: whoever was not heard of meanwhile is dead. */
const later = { ...systemClock, date: () => Date.now() + 60_000 }
/** No timer of it goes off: whoever has it says nothing by itself, as the dead do. */
const silent = { ...systemClock, timer: () => ({ cancel() {}, refresh() {} }) }
const account = sampleAccount()
const ask = (id: string, worstNanoUsd: number) => ({ id, callId: `call_${id}`, worstNanoUsd, accounts: [account] })
const standing = async (ledger: Awaited<ReturnType<typeof openSqliteLedger>>) => {
  const [state] = await ledger.states([account])
  return [state!.settledNanoUsd, state!.reservedNanoUsd]
}

it('counts what the dead held as spent, and books the truth where it comes after all', async () => {
  const path = newPath()
  await using paused = await openSqliteLedger({ path })
  const [first, second] = [held(await paused.reserve(ask('a', 100))), held(await paused.reserve(ask('b', 200)))]
  await using other = await openSqliteLedger({ path, clock: later })
  expect(await standing(other)).toEqual([300, 0])
  expect((await other.presumed()).map(({ id, nanoUsd }) => [id, nanoUsd])).toEqual([
    ['a', 100],
    ['b', 200],
  ])
  first.settle(30)
  await paused.flush()
  expect(await standing(other)).toEqual([230, 0])
  expect(await other.reconcile(({ callId }) => (callId === 'call_b' ? 45 : undefined))).toBe(1)
  expect(await standing(other)).toEqual([75, 0])
  second.settle(200)
  await paused.flush()
  expect(await standing(other)).toEqual([75, 0])
  expect(await other.presumed()).toEqual([])
})

it('leases: reserves without the file, refuses nothing that is its own, and gives back what is left', async () => {
  const path = newPath()
  await using observer = await openSqliteLedger({ path })
  const ledger = await openSqliteLedger({ path, leaseNanoUsd: 100 })
  let spent = 0
  for (let index = 0; ; index++) {
    const answer = await ledger.reserve(ask(`lease_${index}`, 10))
    const [settled, reserved] = await standing(observer)
    expect(settled! + reserved!).toBeLessThanOrEqual(1_000)
    expect(settled! + reserved!).toBeGreaterThanOrEqual(spent)
    if (answer.type === 'refused') break
    answer.settle(7)
    spent += 7
  }
  expect(spent).toBeGreaterThan(1_000 - 10)
  await ledger.close()
  expect(await standing(observer)).toEqual([spent, 0])
})

it('a lease of the dead counts as spent', async () => {
  const path = newPath()
  await using dead = await openSqliteLedger({ path, leaseNanoUsd: 100, clock: silent })
  held(await dead.reserve(ask('x', 10))).settle(10)
  await dead.flush()
  held(await dead.reserve(ask('y', 10))).settle(10)
  await using other = await openSqliteLedger({ path, clock: later })
  const [settled, reserved] = await standing(other)
  expect(reserved).toBe(0)
  expect(settled).toBeGreaterThanOrEqual(20)
  expect(settled).toBeLessThanOrEqual(110)
})

it.each([
  ['without leases', '0'],
  ['with leases', '500'],
])(
  'processes on one file keep the limit and are never under what was spent when they are killed, %s',
  async (_, lease) => {
    const path = newPath()
    const limit = 20_000
    await (await openSqliteLedger({ path })).close()
    using observer = new DatabaseSync(path, { readOnly: true })
    const read = observer.prepare('SELECT settled, reserved FROM ledger_accounts')
    const spent = await Promise.all(
      [20, 60, 1e9, 1e9].map((killedAfter) =>
        run(path, limit, lease, killedAfter, () => {
          const row = read.get()
          if (row) expect(Number(row.settled) + Number(row.reserved)).toBeLessThanOrEqual(limit)
        }),
      ),
    )
    await using after = await openSqliteLedger({ path, clock: later })
    const [state] = await after.states([sampleAccount({ limitNanoUsd: limit })])
    expect(state!.reservedNanoUsd).toBe(0)
    expect(state!.settledNanoUsd).toBeLessThanOrEqual(limit)
    expect(state!.settledNanoUsd).toBeGreaterThanOrEqual(spent.reduce((sum, each) => sum + each))
    expect(spent.reduce((sum, each) => sum + each)).toBeGreaterThan(limit / 2)
  },
  60_000,
)

it('a state file of a newer version is refused, and left as it is', async () => {
  const path = newPath()
  await (await openSqliteLedger({ path })).close()
  using database = new DatabaseSync(path)
  database.exec("INSERT INTO inseam_state_migrations (name, applied_at) VALUES ('2099-newer', 0)")
  const thrown = await openSqliteLedger({ path }).catch((error: unknown) => error)
  expect(isInseamError(thrown) && [thrown.code, thrown.fix]).toEqual([
    'config-invalid',
    'Upgrade inseam, or name another file for the state.',
  ])
})

const spender = fileURLToPath(new URL('./ledger-spender.suite.ts', import.meta.url))

/** What a process said that it spent, until it was refused or killed. */
async function run(path: string, limit: number, lease: string, killedAfter: number, look: () => void): Promise<number> {
  const child = spawn(process.execPath, [spender, path, String(limit), lease], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  let [spent, heard] = [0, 0]
  for await (const line of createInterface({ input: child.stdout })) {
    spent += Number(line)
    look()
    if (++heard === killedAfter) child.kill('SIGKILL')
  }
  await ended
  return spent
}
