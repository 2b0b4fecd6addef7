import type { DialectName } from '../dialect.ts'
import { costNanoUsd } from './prices.ts'
import { addUsage, noUsage, type Usage } from './usage.ts'

/** What the simulator would bill: the truth that a client's books are compared with. */
export interface Invoice {
  /** One line per HTTP exchange that ended, in the order of ending. */
  readonly lines: readonly InvoiceLine[]
  /** Over every line, those no longer kept included. */
  readonly totals: InvoiceTotals
  /** Exchanges that have begun and not ended. */
  readonly open: number
}

export interface InvoiceLine {
  /** The request id that the reply carried in its headers. */
  readonly id: string
  /** The model without a fault written after its name; empty where the request named none. */
  readonly model: string
  readonly dialect: DialectName
  readonly streamed: boolean
  /** The fault that was injected. */
  readonly fault: string | null
  /** The HTTP status that was sent; null where none was. */
  readonly status: number | null
  /** Tokens by part; `reasoning` is a subset of `output`. */
  readonly usage: Usage
  /** Whether the final usage was written to the client. */
  readonly reportedUsage: boolean
  /** Whether the client left before the end. */
  readonly cancelled: boolean
  /** Bytes of the body that were written. */
  readonly bytes: number
  /** Nano-dollars; null where the model has no price. */
  readonly costNanoUsd: number | null
}

export interface InvoiceTotals {
  readonly exchanges: number
  readonly usage: Usage
  readonly bytes: number
  readonly costNanoUsd: number
  /** Lines that used tokens and have no price. */
  readonly unpriced: number
}

export interface InvoiceBook {
  open(): void
  /** Adds the line, and gives it with what it costs. */
  settle(line: Omit<InvoiceLine, 'costNanoUsd'>): InvoiceLine
  invoice(): Invoice
}

/** Keeps the newest `keepLines` lines, and totals over all. */
export function invoiceBook(keepLines: number): InvoiceBook {
  const lines: InvoiceLine[] = []
  let open = 0
  let totals: InvoiceTotals = { exchanges: 0, usage: noUsage, bytes: 0, costNanoUsd: 0, unpriced: 0 }
  return {
    open() {
      open++
    },
    settle(line) {
      open--
      const used = Object.values(line.usage).some((tokens) => tokens > 0)
      const cost = used ? costNanoUsd(line.model, line.usage) : 0
      const settled = { ...line, costNanoUsd: cost }
      lines.push(settled)
      if (lines.length > keepLines * 1.1) lines.splice(0, lines.length - keepLines)
      totals = {
        exchanges: totals.exchanges + 1,
        usage: addUsage(totals.usage, line.usage),
        bytes: totals.bytes + line.bytes,
        costNanoUsd: totals.costNanoUsd + (cost ?? 0),
        unpriced: totals.unpriced + (cost === null ? 1 : 0),
      }
      return settled
    },
    invoice() {
      return { lines: lines.slice(-keepLines), totals, open }
    },
  }
}
