import type { JsonObject } from '../core/json.ts'
import type { StandardSchemaV1 } from '../core/standard-schema.ts'
import { InseamError } from '../errors/index.ts'
import { inputSchemaOf } from './input-schema.ts'
import { type ReadArguments, readArguments } from './read-arguments.ts'

/** What a tool is told beside its arguments. */
export interface ToolContext {
  /** Aborts when the tool's time is over, or the run is. */
  readonly signal: AbortSignal
  /** The run's id. */
  readonly runId: string
  /** The id of this execution. */
  readonly stepId: string
}

/** Something that a feature lets the model do. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: JsonObject
  /** Cut off after this long, in milliseconds. */
  readonly timeoutMs: number
  /** The model gets this much of a result, in characters. */
  readonly maxResultCharacters: number
  /** Reads the model's arguments; never throws. */
  read(value: unknown): Promise<ReadArguments>
  /** Runs with arguments that {@link Tool.read} gave. */
  run(value: unknown, context: ToolContext): unknown
}

/** What a tool is made of. */
export interface ToolOptions<Arguments> {
  /** What the model calls it by: 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string
  /** Tells the model what it does, and when to use it. */
  readonly description: string
  /** Checks the arguments before anything runs. Any Standard Schema library works; it must describe an object. */
  readonly input: StandardSchemaV1<unknown, Arguments>
  /** The JSON Schema of `input`, in place of what its library says; needed where that says none (no Standard JSON Schema). */
  readonly inputJsonSchema?: JsonObject
  /** Cut off after this long, in milliseconds, whether it heeds its signal or not. Default 30,000. */
  readonly timeoutMs?: number
  /** The model gets this much of a result, in characters, and is told that it was cut. Default 65,536. */
  readonly maxResultCharacters?: number
  /**
   * Does the work. A string goes to the model as it is, everything else as JSON. What it throws stays out of the model's sight,
   * unless it is a `ToolError`.
   */
  run(args: NoInfer<Arguments>, context: ToolContext): unknown
}

/**
 * Declares a tool, typed by its schema. The model calls what a feature exposes: give each tool the least that it needs.
 * Throws `feature-invalid` for a name that providers refuse, and for a schema that gives no JSON Schema of an object.
 *
 * @example
 * ```ts
 * import { tool } from 'inseam'
 * import { z } from 'zod'
 *
 * const getOrderStatus = tool({
 *   name: 'get_order_status',
 *   description: 'Look up the status of an order.',
 *   input: z.object({ order_id: z.string() }),
 *   run: async ({ order_id }) => ({ order_id, status: 'shipped', eta: '2026-05-08' }),
 * })
 * console.assert((await getOrderStatus.read({ order_id: 4711 })).type === 'invalid')
 * ```
 */
export function tool<Arguments>({
  name,
  description,
  input,
  inputJsonSchema,
  timeoutMs = 30_000,
  maxResultCharacters = 65_536,
  run,
}: ToolOptions<Arguments>): Tool {
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name))
    throw new InseamError('feature-invalid', `${JSON.stringify(name)} cannot be the name of a tool.`, {
      fix: 'Use 1 to 64 letters, digits, underscores and hyphens: providers refuse anything else.',
    })
  return {
    name,
    description,
    inputSchema: inputSchemaOf(name, input, inputJsonSchema),
    timeoutMs: atLeastOne(name, 'timeoutMs', timeoutMs),
    maxResultCharacters: atLeastOne(name, 'maxResultCharacters', maxResultCharacters),
    read: (value) => readArguments(input, value),
    run: (value, context) => run(value as Arguments, context),
  }
}

function atLeastOne(tool: string, option: string, value: number): number {
  if (value >= 1) return value
  throw new InseamError('feature-invalid', `\`${option}\` of the tool "${tool}" is ${value}.`, {
    fix: 'Use a number of at least 1.',
  })
}
