import type { JsonObject } from '../core/json.ts'

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
  /** Reads the model's arguments; never throws. */
  read(value: unknown): Promise<ReadArguments>
  /** Runs with arguments that {@link Tool.read} gave. */
  run(value: unknown, context: ToolContext): unknown
}

/** The arguments as the tool's schema read them, or what is wrong with them. */
export type ReadArguments =
  | { readonly type: 'valid'; readonly value: unknown }
  | { readonly type: 'invalid'; readonly issues: readonly string[] }
