import { printable } from '../core/printable.ts'
import { shortened } from './plain-text.ts'

/** One column of a table. */
export interface TableColumn {
  readonly title: string
  /** Longer cells are cut. Default: as long as they are. */
  readonly widest?: number
  readonly align?: 'left' | 'right'
}

/** Rows as a table of plain text: columns as wide as they need, two spaces between. */
export function tableText(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  return tableLines(columns, rows, widthsOf(columns, rows), true)
}

/** The same with given widths, and without its head: to go on with a table that was begun. */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  withHead = false,
): string {
  const all = withHead ? [columns.map(({ title }) => title), ...rows] : rows
  return all.map((cells) => `${line(columns, cells, widths)}\n`).join('')
}

/** How wide each column must be. */
export function widthsOf(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(({ title, widest = Number.POSITIVE_INFINITY }, index) => {
    let width = title.length
    for (const row of rows) width = Math.max(width, Math.min(widest, printable(row[index] ?? '').length))
    return width
  })
}

function line(columns: readonly TableColumn[], cells: readonly string[], widths: readonly number[]): string {
  const padded = columns.map(({ align = 'left' }, index) => {
    const width = widths[index] ?? 0
    const cell = shortened(cells[index] ?? '', width)
    return align === 'left' ? cell.padEnd(width) : cell.padStart(width)
  })
  return padded.join('  ').trimEnd()
}
