import { type grains, subjectColumns, sumColumns } from '../dashboard/roll-up-tables.ts'
import { addEncoded, encodeHistogram, type Histogram } from '../rollup/histogram.ts'
import type { RollUp } from '../rollup/roll-up.ts'
import { dimensions, type Subject } from '../rollup/subject.ts'
import { copyText } from './copy-line.ts'
import type { Copy } from './open-copy.ts'
import type { Client } from './open-database.ts'

/** What a row of `rollups` sums up. */
export type Grain = (typeof grains)[keyof typeof grains]

/** The columns of `rollups` behind its grain, in the order in which {@link rollUpOf} takes them. */
export const rollUpColumns = ['at', ...subjectColumns, ...sumColumns, 'last_at', 'latency', 'first_token'].join(', ')

/** Writes rows of a grain. */
export async function copyRollUps(copy: Copy, client: Client, grain: Grain, rollUps: readonly RollUp[]): Promise<void> {
  if (rollUps.length === 0) return
  const lines = rollUps.map(({ at, subject, sums, lastAt, latency, firstToken }) => ({
    text: copyText([grain, at, ...subject, ...sums, lastAt, encodeHistogram(latency), encodeHistogram(firstToken)]),
  }))
  await copy(client, `COPY rollups (grain, ${rollUpColumns}) FROM STDIN`, lines)
}

/** A row that was read. */
export function rollUpOf(cells: readonly unknown[]): RollUp {
  const firstSum = 1 + dimensions.length
  const end = firstSum + sumColumns.length
  return {
    at: cells[0] as number,
    subject: cells.slice(1, firstSum) as unknown as Subject,
    sums: cells.slice(firstSum, end) as number[],
    lastAt: cells[end] as number,
    latency: histogramOf(cells[end + 1] as Uint8Array),
    firstToken: histogramOf(cells[end + 2] as Uint8Array),
  }
}

function histogramOf(bytes: Uint8Array): Histogram {
  const histogram: Histogram = new Map()
  addEncoded(histogram, bytes)
  return histogram
}
