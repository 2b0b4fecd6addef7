import type { BudgetWarning } from '../core/budget.ts'
import type { Webhooks, WebhooksOptions } from './create-webhooks.ts'

/** Warnings of budgets, on their way to the webhooks. */
export interface BudgetAlerts {
  /** Sends them off and returns at once. Never throws. */
  alert(warnings: readonly BudgetWarning[]): void
  /** What could not be delivered, and why. */
  problems(): readonly string[]
  /** Tries what waits once more, for a few seconds at most. Never rejects. */
  close(): Promise<void>
}

/** How long the last tries may take, in milliseconds. */
const graceMs = 5_000

/** Sends warnings of budgets as webhooks; what that takes is loaded with the first one. */
export function budgetAlerts(options: WebhooksOptions): BudgetAlerts {
  let webhooks: Webhooks | undefined
  let last: Promise<void> | undefined
  const send = async (warnings: readonly BudgetWarning[]): Promise<void> => {
    const { budgetWarned, createWebhooks } = await import('./index.ts')
    webhooks ??= createWebhooks(options)
    for (const warning of warnings) webhooks.send('budget.warned', budgetWarned(warning))
  }
  return {
    alert(warnings) {
      if (options.receivers().length > 0) last = send(warnings)
    },
    problems: () => webhooks?.problems() ?? [],
    async close() {
      await last
      await webhooks?.close(graceMs)
    },
  }
}
