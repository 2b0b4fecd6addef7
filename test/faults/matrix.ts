import { describe, it, vi } from 'vitest'
import { type CatalogueFault, dialects, isMade, type PartName, parts, spelled, type Way } from './catalogue.ts'
import { type Due, positions } from './due.ts'
import { holdPromises } from './hold-promises.ts'
import { pairwise } from './pairwise.ts'
import { type Cell, type ClientDialect, clients, suffer } from './suffer.ts'

const seed = 20_261_123

/**
 * Every fault of a part of the catalogue, at every dialect of a target, streamed and whole; where in the call it strikes and which
 * client asked meet each of those, and each other, in some call. Most calls wait: many run at a time.
 */
export function matrix(part: PartName): void {
  vi.setConfig({ maxConcurrency: 40, testTimeout: 60_000 })
  const made = parts[part].filter((fault) => cellsOf(fault).length > 0)
  describe.concurrent.each(made.map((fault) => [nameOf(fault), fault] as const))('%s', (_, fault) => {
    for (const { way, due, cell } of cellsOf(fault)) {
      const how = `${cell.target}, ${cell.stream ? 'streamed' : 'whole'}, ${cell.position}, to a client of ${cell.client}`
      it.concurrent(`${spelled(way)}: ${how}`, async () => {
        holdPromises(way, due, cell, await suffer(way, cell))
      })
    }
  })
}

function nameOf({ number, title }: CatalogueFault): string {
  return number === undefined ? title : `${number}: ${title}`
}

/** The calls that a fault is held in. */
function cellsOf(fault: CatalogueFault): { way: Way; due: Due; cell: Cell }[] {
  const ways = fault.ways.filter(isMade)
  if (ways.length === 0) return []
  const rows = pairwise(
    {
      target: dialects,
      stream: [true, false],
      position: positions,
      client: Object.keys(clients) as ClientDialect[],
      way: ways,
    },
    seed + (fault.number ?? 0),
  )
  return rows.flatMap(({ way, ...cell }) => {
    const due = cell.stream ? way.streamed : way.whole
    const isThere = (way.only ?? dialects).includes(cell.target) && !way.except?.includes(cell.target)
    // Nothing comes first at an address where nothing is.
    const isFirst = 'address' in way.made || way.warm || way.byHeader
    const cannot = (isFirst && cell.position === 'on a retry') || (way.leaves && cell.position === 'on a hedge')
    const isUnreadable = cell.stream && cell.target === cell.client && way.unreadableBy === cell.client
    return due && isThere && !cannot && !isUnreadable ? [{ way, due, cell }] : []
  })
}
