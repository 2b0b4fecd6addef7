import { formatCost } from '../core/cost.ts'
import type { CallEvent } from '../core/event.ts'
import { grouped } from '../core/figures.ts'
import { inputTokens, outputTokens } from '../core/usage.ts'
import { momentOf } from './plain-text.ts'
import { type TableColumn, tableLines, widthsOf } from './table-text.ts'

const columns: readonly TableColumn[] = [
  { title: 'TIME', widest: 19 },
  { title: 'CALL', widest: 40 },
  { title: 'FEATURE', widest: 20 },
  { title: 'KIND' },
  { title: 'ANSWERED BY', widest: 32 },
  { title: 'ENDING', widest: 20 },
  { title: 'TRIES', align: 'right' },
  { title: 'MS', align: 'right' },
  { title: 'IN', align: 'right' },
  { title: 'OUT', align: 'right' },
  { title: 'COST', align: 'right' },
]

/** A table of calls that can be gone on with: each call gives the lines to print, the head with the first. */
export function callsTable(): (calls: readonly CallEvent[]) => string {
  let widths: number[] | undefined
  return (calls) => {
    const rows = calls.map(cells)
    const needed = widthsOf(columns, rows)
    const isFirst = widths === undefined
    widths = widths?.map((width, index) => Math.max(width, needed[index] ?? 0)) ?? needed
    return tableLines(columns, rows, widths, isFirst)
  }
}

function cells(call: CallEvent): string[] {
  const { outcome, source, target, model } = call
  return [
    momentOf(call.startedAt).slice(0, 19),
    call.callId,
    call.feature ?? '-',
    call.operation ?? 'answer',
    source === 'provider' ? target || model || '-' : source,
    outcome.errorCode ?? outcome.ending,
    String(call.attempts),
    grouped(call.totalMs),
    grouped(inputTokens(call.usage)),
    grouped(outputTokens(call.usage)),
    formatCost(call.cost),
  ]
}
