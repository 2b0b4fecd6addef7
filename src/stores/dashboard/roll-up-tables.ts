import { type SumName, sumNames } from '../rollup/roll-up.ts'
import { type Dimension, dimensions } from '../rollup/subject.ts'

/**
 * What a row of `rollups` sums up: a minute's or an hour's calls of one subject, or of everybody. An addition is a minute's too, and is in
 * none of the others yet.
 */
export const grains = { addition: 0, minute: 1, hour: 2, minuteOfAll: 3, hourOfAll: 4 } as const

const columns: Partial<Record<SumName | Dimension, string>> = {
  cacheWrite5m: 'cache_write_5m',
  cacheWrite1h: 'cache_write_1h',
}

/** The column of a dimension or a sum. */
function columnOf(name: SumName | Dimension): string {
  return columns[name] ?? name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
}

/** The columns of the sums, in the order of `sumNames`. */
export const sumColumns: readonly string[] = sumNames.map(columnOf)

/** The columns of a subject, in the order of `dimensions`. */
export const subjectColumns: readonly string[] = dimensions.map(columnOf)
