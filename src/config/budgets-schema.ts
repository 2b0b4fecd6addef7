import { z } from 'zod'
import { map } from './map.ts'
import { percent } from './measures.ts'
import { money } from './money.ts'
import { usd } from './price-schema.ts'
import { choice, flag, text } from './scalar.ts'

const budget = map({
  scope: choice(['global', 'key', 'feature', 'tenant'], 'scope').describe(
    'What it counts: global (everything), or what is spent for a key, a feature or a tenant.',
  ),
  name: text('name')
    .optional()
    .describe('The key, feature or tenant; "*": each of them by itself. Not where the scope is global.'),
  limit: money().describe('How much may be spent in a window, in US dollars: 50 USD.'),
  per: choice(['hour', 'day', 'month'], 'window').describe('The calendar window, in UTC.'),
  hard: flag('truth value')
    .optional()
    .describe('Whether calls that could overspend it are refused; false: it only warns. Default true.'),
  warnAt: z
    .array(percent())
    .optional()
    .describe('The shares of the limit at which is warned, once a window. Default [80%, 100%].'),
})

/** How much may be spent, and for what. */
export const budgets = z.array(budget)

/** What a model without a price is taken to cost. */
export const unpricedAt = map({
  input: usd().describe('Input.'),
  output: usd().describe('Output, reasoning included.'),
})
