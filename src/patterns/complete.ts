import type { Call } from '../core/call.ts'
import type { Delta } from '../core/delta.ts'
import { close, drain } from '../core/handler.ts'
import type { Message } from '../core/message.ts'
import type { Pipeline } from '../core/pipeline.ts'
import type { Reply } from '../core/reply.ts'
import { asInseamError, InseamError } from '../errors/index.ts'
import { type CallerOptions, type Feature, readInput } from './feature.ts'
import { isPrompt, type Prompt } from './prompt.ts'
import { bindRules } from './rule.ts'
import { shortHash } from './short-hash.ts'

/** What a caller may say about one call. */
export interface CompleteOptions extends CallerOptions {
  /** The caller's own limit for the whole call, in milliseconds; the alias's counts where it is shorter. */
  readonly timeoutMs?: number
  /** Stops the call, and the upstream with it. */
  readonly signal?: AbortSignal
  /** The trace that the call belongs to. */
  readonly traceId?: string
}

/** What `seam.stream` yields: deltas as they arrive, then the reply. */
export type StreamPart = Delta | { readonly type: 'reply'; readonly reply: Reply }

/** Runs a feature and gives its reply. An ending other than `completed` is a reply too: look at `reply.ending`. */
export async function complete<Input>(
  pipeline: Pipeline,
  feature: Feature<Input>,
  input: Input,
  options: CompleteOptions = {},
): Promise<Reply> {
  const call = await beginCall(pipeline, feature, input, options, false)
  return drain(pipeline.run(call))
}

/** Runs a feature and yields its answer as it arrives, then the reply. Stop reading, and the upstream stops. */
export async function* stream<Input>(
  pipeline: Pipeline,
  feature: Feature<Input>,
  input: Input,
  options: CompleteOptions = {},
): AsyncGenerator<StreamPart, Reply, void> {
  const call = await beginCall(pipeline, feature, input, options, true)
  const answer = pipeline.run(call)
  try {
    const reply = yield* answer
    yield { type: 'reply', reply }
    return reply
  } finally {
    await close(answer)
  }
}

async function beginCall<Input>(
  pipeline: Pipeline,
  feature: Feature<Input>,
  input: Input,
  options: CompleteOptions,
  isStream: boolean,
): Promise<Call> {
  const { timeoutMs, signal, traceId, ...caller } = options
  const common = { model: feature.model, caller: { ...caller, feature: feature.name }, timeoutMs, signal, traceId }
  try {
    const known = await readInput(feature, input)
    const { messages, promptHash } = writeMessages(feature, known)
    const { maxOutputTokens, temperature, stop } = feature
    return pipeline.begin({
      ...common,
      promptHash,
      request: { messages, maxOutputTokens, temperature, stop, stream: isStream },
      deciders: feature.decide && bindRules(feature.decide, known),
    })
  } catch (thrown) {
    const error = asInseamError(thrown)
    pipeline.refuse(pipeline.begin({ ...common, request: { messages: [], stream: isStream } }), error)
    throw error
  }
}

function writeMessages<Input>(
  { name, system, prompt }: Feature<Input>,
  input: Input,
): { readonly messages: Message[]; readonly promptHash: string } {
  const asked = ask(name, () => prompt(input))
  const user: Message = { role: 'user', content: asked.blocks }
  if (!system) return { messages: [user], promptHash: asked.hash }
  const promptHash = shortHash(`${system.hash}${asked.hash}`)
  return { messages: [{ role: 'system', content: system.blocks }, user], promptHash }
}

function ask(name: string, write: () => Prompt): Prompt {
  let written: unknown
  try {
    written = write()
  } catch (cause) {
    throw new InseamError('prompt-failed', `The prompt function of "${name}" threw: ${String(cause)}`, {
      fix: `Correct the prompt of "${name}".`,
      cause,
    })
  }
  if (isPrompt(written)) return written
  throw new InseamError('prompt-failed', `The prompt function of "${name}" gave something that is no prompt.`, {
    fix: 'Return prompt`…`, at once: what it needs to wait for belongs in its input.',
  })
}
