import type { z } from 'zod'
import type { ticket } from '../client-tasks.ts'
import type { Behaviour, Target } from './targets.ts'

/** What a cell works with. */
export interface Bench {
  readonly target: Target
  /** The gateway's address, without a path. */
  readonly url: string
  /** The model to name for a target that behaves so; default: well. */
  model(behaviour?: Behaviour): string
  /** What the tools of the scenario do, once for each name: they put on record what they were given. */
  readonly tools: Toolbox
}

/** The tools that a client offers, and what they answer. */
export interface Toolbox {
  get_weather(input: { readonly city: string }): string
  get_order_status(input: { readonly order_id: string }): string
  /** The picture that `look` gives back, in base64. */
  look(): string
}

/** The SDK or its dialect has no such thing, and why. */
export class NotApplicable {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

/** It does not work, and why that stays so. */
export class Defect {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

/** What a user of the SDK sees, or why there is nothing of the kind. */
type Seen<T> = Promise<T | NotApplicable | Defect>

/** A client SDK: for each scenario what its user sees, through the SDK's own helpers. */
export interface Client {
  /** The heading of its table. */
  readonly name: string
  /** Names in node_modules, for their versions. */
  readonly packages: readonly string[]
  /** How it reaches the seam, and which of its helpers run. */
  readonly about: string
  /** Whether it asks the gateway over HTTP. Default true. */
  readonly overHttp?: boolean
  text(bench: Bench): Seen<string>
  /** The pieces, as they came. */
  stream(bench: Bench): Seen<string[]>
  /** The text after the loop of tools has run; one tool, `get_weather`. */
  tools(bench: Bench): Seen<string>
  /** The same with `get_weather` and `get_order_status`. */
  parallelTools(bench: Bench): Seen<string>
  /** The text after the tool `look` gave a picture. */
  picture(bench: Bench): Seen<string>
  thinking(bench: Bench): Seen<{ readonly text: string; readonly thinking: string }>
  /** What the SDK parsed, by each of its helpers. */
  structured(bench: Bench): Seen<z.infer<typeof ticket>[]>
  /** The words of the refusal where the SDK shows them, and the SDK's sign that the model refused; empty where there is none. */
  refusal(bench: Bench): Seen<{ readonly words: string; readonly sign: string }>
  /** Asks the prompt, and says how many of its tokens the SDK shows as cached. */
  cached(bench: Bench, prompt: string): Seen<number>
  /** Asks, whole or streamed, and throws what the SDK throws. */
  fails(bench: Bench, behaviour: Behaviour, streamed: boolean): Promise<unknown>
  /** Whether the SDK's error says that it was this. */
  readonly knows: Readonly<Record<Exclude<Behaviour, 'well' | 'stalls'>, (error: unknown) => boolean>>
  /** Streams from a target that stalls, and aborts with the first text. */
  abort(bench: Bench): Promise<unknown>
}
