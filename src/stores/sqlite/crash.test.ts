import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openEventReader } from './event-reader.ts'
import { openEventStore } from './event-store.ts'

const writer = fileURLToPath(new URL('./crash-writer.suite.ts', import.meta.url))

it('loses nothing that a flush acknowledged when the process is killed, and the file stays whole', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'inseam-crash-'))
  const path = join(directory, 'events.db')
  try {
    for (let round = 0; round < 6; round++) {
      const acknowledged = await killAfter(path, `r${round}`, 1 + round * 3)
      using reader = openEventReader({ path })
      const count = (table: string) => {
        const sql = `SELECT count(*) AS n FROM ${table} WHERE call_id GLOB 'call_r${round}_*' AND CAST(substr(call_id, 9) AS INTEGER) < ?`
        return reader.query(sql, [acknowledged]).rows[0]?.n
      }
      expect(acknowledged).toBeGreaterThan(0)
      expect(count('calls')).toBe(acknowledged)
      expect(count('attempts')).toBe(acknowledged)
      expect(reader.query('PRAGMA integrity_check').rows).toEqual([{ integrity_check: 'ok' }])
    }
    await using store = await openEventStore({ path })
    expect(store.status().dropped).toBe(0)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

/** Kills the writer in the middle of its work, after so many acknowledgements; gives how many calls the last one covered. */
async function killAfter(path: string, prefix: string, acknowledgements: number): Promise<number> {
  const child = spawn(process.execPath, [writer, path, prefix], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  let last = 0
  let heard = 0
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line)
    if (++heard === acknowledgements) child.kill('SIGKILL')
  }
  await ended
  expect(child.signalCode).toBe('SIGKILL')
  return last
}
