import { z } from 'zod'
import { map } from './map.ts'
import { decimal, scalar, text, whole } from './scalar.ts'

/** The dearest token that anybody sells costs a twentieth of this, in USD per million. */
const mostUsd = 10_000
/** What costs less, and something, is a price for one token, not for a million. */
const leastUsd = 0.0001

const fits = (figure: number) => Math.abs(figure * 1e6 - Math.round(figure * 1e6)) <= 1e-6 * Math.max(1, figure * 1e6)

export const usd = (what = 'USD per million tokens') =>
  scalar<number>({
    wrong: 'is no price.',
    fix: (value) =>
      Number(value) > 0 && Number(value) < leastUsd
        ? `Write ${what}: this looks like the price of one token.`
        : `Write ${what} as a number from 0 to ${mostUsd.toLocaleString('en-US')}, with six digits after the point at most: 0.75.`,
    json: { type: 'number', minimum: 0, maximum: mostUsd },
    read: (value) => {
      const figure = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value
      return typeof figure === 'number' && (figure === 0 || (figure >= leastUsd && figure <= mostUsd)) && fits(figure)
        ? figure
        : undefined
    },
  })

const factor = decimal(
  'multiplier',
  'Write how many times the standard price: 0.5.',
  (number) => number >= 0 && number <= 100 && fits(number),
)

/** A day, as `2026-08-21`. */
const date = scalar<string>({
  wrong: 'is no day.',
  fix: 'Write a day as 2026-08-21.',
  json: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
  read: (value) => {
    if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined
    const read = new Date(`${value}T00:00:00Z`)
    return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(value) ? value : undefined
  },
})

const units = {
  input: usd().describe('Uncached input.'),
  output: usd().describe('Output, reasoning included.'),
  cacheRead: usd().optional().describe('Input read from the prompt cache. Default: as input.'),
  cacheWrite5m: usd()
    .optional()
    .describe('Input written to the prompt cache for five minutes. Default: 1.25 times input.'),
  cacheWrite1h: usd().optional().describe('Input written to the prompt cache for an hour. Default: twice input.'),
  cacheWriteOther: usd().optional().describe('Input written to an automatic prompt cache. Default: 1.25 times input.'),
  audioIn: usd().optional().describe('Sound that goes in. Default: as input.'),
  audioOut: usd().optional().describe('Sound that comes out. Default: as output.'),
  imageIn: usd().optional().describe('Pictures that go in. Default: as input.'),
  imageOut: usd().optional().describe('Pictures that come out. Default: as output.'),
}

const schedule = {
  ...units,
  tiers: z
    .array(
      map({
        aboveInputTokens: whole('number of tokens', 1, 100_000_000).describe(
          'Input, cached or not, beyond which it holds.',
        ),
        ...units,
      }),
    )
    .optional()
    .describe('Other prices for the whole of a long request.'),
}

const period = map({
  ...schedule,
  serviceTiers: z
    .record(z.string(), z.union([factor, map(schedule)]))
    .optional()
    .describe(
      'What the tiers batch, flex, priority and the like cost: so many times the prices above, or prices of their own. A tier that is not here is unpriced.',
    ),
  geographies: z
    .record(z.string(), factor)
    .optional()
    .describe('How many times as much it costs where the place of computing is chosen: { us: 1.1 }.'),
  serverTools: z
    .record(z.string(), usd('USD per thousand calls'))
    .optional()
    .describe("Calls of the provider's own tools, in USD per thousand: { web_search: 10 }."),
  effectiveFrom: date.optional().describe('The first day, UTC, on which it holds.'),
  effectiveTo: date.optional().describe('The last day, UTC, on which it holds.'),
  source: text('source').optional().describe('Where the figures are from: an address.'),
  checkedOn: date.optional().describe('The day on which they were last compared with it.'),
  aliases: z.array(text('model')).optional().describe('Other exact names of the same model at the same price.'),
})

/** Prices by `provider/model` or by model: one period, or several with their days. */
export const prices = z.record(z.string(), z.union([period, z.array(period).min(1)]))

/** What `prices.yaml` may say. */
export const priceFileSchema = map({
  currency: scalar<'USD'>({
    wrong: 'is no currency of this version.',
    fix: 'Convert the prices into US dollars, and write currency: USD.',
    json: { const: 'USD' },
    read: (value) => (value === 'USD' ? value : undefined),
  })
    .optional()
    .describe('The currency of all prices: USD.'),
  models: prices.describe('Prices by provider/model, or by model.'),
})

/** Prices as they were written. */
export type WrittenPrices = z.infer<typeof prices>
