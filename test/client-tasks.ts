import { z } from 'zod'

/** The tools that a client's model may call: what they do, and what they take. */
export const descriptions = {
  get_order_status: 'Where an order is.',
  get_weather: 'The weather in a city.',
} as const
export const schemas = {
  get_order_status: z.object({ order_id: z.string() }),
  get_weather: z.object({ city: z.string() }),
} as const
export const toolNames = ['get_order_status', 'get_weather'] as const

/** Asks for both tools at once. */
export const bothTools = 'Tell me the order status of order 4711 and the weather in Bern.'

/** An answer by a schema. */
export const ticket = z.object({
  category: z.enum(['billing', 'delivery', 'other']),
  summary: z.string(),
  tags: z.array(z.string()),
  urgent: z.boolean(),
})

/** Every model, streamed and whole. */
export function streamedAndWhole<Model extends string>(models: readonly Model[]) {
  return models.flatMap((model) => [false, true].map((stream) => ({ model, stream })))
}

let asked = 0

/** A target that fails in this way, and whose breaker no other test has opened. */
export function faultyTarget(provider: string, fault: string): string {
  return `${provider}/sim-small+${fault}@${1_000_000 + ++asked}`
}
