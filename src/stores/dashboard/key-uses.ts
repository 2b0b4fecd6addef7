import { readCalls } from './cost-query.ts'
import type { DashboardRecord, Span } from './dashboard-record.ts'
import { readRollUps } from './roll-up-reader.ts'

/** When each key was called with last in the whole minutes of a span, by its id; keys that were not are absent. Milliseconds since the epoch. */
export function keyUses({ tables: record }: DashboardRecord, span: Span): Promise<Readonly<Record<string, number>>> {
  return record.snapshot(async (tables) => {
    const { upto } = await tables.rolledUp()
    const uses = new Map<string, number>()
    const add = (keyId: string, at: number) => uses.set(keyId, Math.max(at, uses.get(keyId) ?? 0))
    const group = 'GROUP BY 1'
    if (upto > 0)
      for (const [keyId, at] of await readRollUps(tables, span, { select: 'key_id, max(last_at)', group }))
        if (keyId !== '') add(String(keyId), Number(at))
    const tail = { select: "coalesce(key_id, ''), max(started_at)", group, upto }
    for (const [keyId, at] of await readCalls(tables, span, tail)) if (keyId !== '') add(String(keyId), Number(at))
    return Object.fromEntries(uses)
  })
}
