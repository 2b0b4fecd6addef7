const brand = Symbol.for('inseam.tool-error')

/**
 * Thrown by a tool, its message goes to the model as it is: that the order does not exist, say. Of anything else that a tool
 * throws, the model learns nothing but that it failed.
 *
 * @example
 * ```ts
 * import { ToolError, tool } from 'inseam'
 * import { z } from 'zod'
 *
 * const orders = new Map([['4711', 'shipped']])
 * tool({
 *   name: 'get_order_status',
 *   description: 'Look up the status of an order.',
 *   input: z.object({ order_id: z.string() }),
 *   run({ order_id }) {
 *     const status = orders.get(order_id)
 *     if (status === undefined) throw new ToolError(`There is no order ${order_id}. Ask the customer for its number.`)
 *     return { status }
 *   },
 * })
 * ```
 */
export class ToolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ToolError'
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Whether something thrown is a {@link ToolError}, from whichever copy of the package. */
export function isToolError(thrown: unknown): thrown is ToolError {
  return typeof thrown === 'object' && thrown !== null && (thrown as Record<symbol, unknown>)[brand] === true
}
