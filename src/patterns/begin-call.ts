import type { Call } from '../core/call.ts'
import type { Door } from '../core/caller.ts'
import type { HoldBack, OnInterrupted } from '../core/commit.ts'
import type { Decider } from '../core/decision.ts'
import type { LoadClass } from '../core/load-class.ts'
import type { Message } from '../core/message.ts'
import type { OwnKeys } from '../core/own-keys.ts'
import type { CallInput, Pipeline } from '../core/pipeline.ts'
import type { ContinuedConversation } from '../core/prompt-cache.ts'
import type { ModelRequest, Translation } from '../core/request.ts'
import type { Story } from '../core/story.ts'
import type { Terms } from '../core/terms.ts'
import { asInseamError, failureText, InseamError, InvalidRequest } from '../errors/index.ts'
import { type AnyFeature, type CallerOptions, type Feature, readInput } from './feature.ts'
import type { TimeLimit } from './in-time.ts'
import { isPrompt, type Prompt } from './prompt.ts'
import { bindRules } from './rule.ts'
import { shortHash } from './short-hash.ts'

/** What a caller may say about one call. */
export interface CallOptions extends CallerOptions {
  /** The caller's own limit for the whole call, in milliseconds; the alias's counts where it is shorter. */
  readonly timeoutMs?: number
  /** `strict`: refuse what a target cannot be told in its dialect, before anything is spent. Default: as the alias has it. */
  readonly translation?: Translation
  /**
   * What becomes of a stream that breaks after its first content: `error`, `restart` (a delta says that all before is void) or `splice`
   * (it goes on where a new answer begins with what was said). Default: as the alias has it.
   */
  readonly onInterrupted?: OnInterrupted
  /** How long the first content of a stream is kept back, so that a failure meanwhile is mended unseen. Default: as the alias has it. */
  readonly holdBack?: HoldBack
  /**
   * Whether it can wait where the target takes no more: `batch` stands behind `interactive`, and is turned away first. Default: as the
   * feature has it, else the alias.
   */
  readonly loadClass?: LoadClass
  /** Stops the call, and the upstream with it. */
  readonly signal?: AbortSignal
  /** The trace that the call belongs to. */
  readonly traceId?: string
}

/** What the seam's own doors say about a call beside what its caller does. */
export interface DoorOptions extends CallOptions {
  /** Default `library`. */
  readonly door?: Door
  /** The key of the gateway that the caller presented. */
  readonly keyId?: string
  /** The budgets and limits that this key brings of its own. Default: none. */
  readonly terms?: Terms
  /** The keys of providers that the caller brought. Default: none. */
  readonly ownKeys?: OwnKeys
  /** The id that the pattern's first call gets, or its run where it has one. Default: a new one. */
  readonly id?: string
  /** What the door has noted of the call with this id before it begins. */
  readonly story?: Story
  /** The most tokens that an answer may have, where the feature allows more or sets no limit. */
  readonly maxOutputTokens?: number
}

/** What ties a call to others. */
export interface Ties {
  readonly id?: string
  readonly parentId?: string
  readonly runId?: string
  /** When the work began that it goes on with. */
  readonly since?: number
}

/** What a feature asks of a model, ready to be sent. */
export interface Asked<Input> {
  /** As the feature's schema read it. */
  readonly input: Input
  /** What is left of the caller's time, in milliseconds, where reading the input took some of it. */
  readonly timeoutMs?: number
  readonly messages: readonly Message[]
  readonly promptHash: string
  /** The author's own words at the beginning of the user's message. */
  readonly leading: string
  readonly deciders?: readonly Decider[]
  /** What the rule or look-up that decided has answered, as it gave it; undefined where none has. */
  readonly decided: () => { readonly answer: unknown } | undefined
}

/**
 * Reads the input and writes the prompt. A schema that takes its time takes it from the caller's. Throws `input-invalid` or
 * `prompt-failed`, and where there is a `time`, what that throws.
 */
export async function ask<Input, Output>(
  feature: Feature<Input, Output>,
  input: Input,
  time?: TimeLimit,
): Promise<Asked<Input>> {
  let timeoutMs: number | undefined
  const known = await readInput(feature, input, async (work) => {
    const read = await (time?.wait(work) ?? work)
    timeoutMs = time?.left()
    return read
  })
  let decision: { readonly answer: unknown } | undefined
  const keep = (answer: Output) => {
    decision = { answer }
  }
  return {
    input: known,
    timeoutMs,
    ...writeMessages(feature, known),
    deciders: feature.decide && bindRules(feature.decide, known, keep),
    decided: () => decision,
  }
}

/** Begins a call of a feature. `request` adds to what the feature itself says, or overrides it. */
export function beginCall(
  pipeline: Pipeline,
  feature: AnyFeature,
  asked: Pick<Asked<unknown>, 'messages' | 'promptHash' | 'deciders' | 'timeoutMs'> &
    Partial<Pick<Asked<unknown>, 'leading'>> &
    Pick<CallInput, 'accepts'> & { readonly conversation?: ContinuedConversation },
  options: DoorOptions,
  { id, parentId, runId, since, ...request }: Ties & Partial<ModelRequest>,
): Call {
  const { temperature, stop } = feature
  const maxOutputTokens = lesser(feature.maxOutputTokens, options.maxOutputTokens)
  return pipeline.begin({
    ...common(feature, options),
    id,
    parentId,
    runId,
    since,
    timeoutMs: lesser(asked.timeoutMs, options.timeoutMs),
    story: storyOf(options, id),
    promptHash: asked.promptHash,
    repeats: {
      ...(asked.leading !== undefined && { leading: asked.leading }),
      ...(asked.conversation && { conversation: asked.conversation }),
    },
    deciders: asked.deciders,
    accepts: asked.accepts,
    request: { messages: asked.messages, maxOutputTokens, temperature, stop, stream: false, ...request },
  })
}

/**
 * Does what comes before a call. Where it throws, a call that was refused is on the record, tied as `ties` says (default: with the
 * options' id). Throws an `InseamError` alone.
 */
export async function orRefuse<Result>(
  pipeline: Pipeline,
  feature: AnyFeature,
  options: DoorOptions,
  prepare: () => Promise<Result>,
  { stream = false, ...ties }: Ties & { readonly stream?: boolean } = { id: options.id },
): Promise<Result> {
  try {
    demandLimit(options.timeoutMs)
    return await prepare()
  } catch (thrown) {
    const error = asInseamError(thrown)
    const call = pipeline.begin({
      ...common(feature, options),
      ...ties,
      story: storyOf(options, ties.id),
      request: { messages: [], stream },
    })
    pipeline.refuse(call, error)
    throw error
  }
}

function demandLimit(timeoutMs: number | undefined): void {
  if (timeoutMs === undefined || timeoutMs > 0) return
  throw new InvalidRequest('timeoutMs', `expected a number of milliseconds above 0, found ${timeoutMs}.`)
}

/** The lesser of two limits that may be absent. */
const lesser = (left: number | undefined, right: number | undefined) =>
  left === undefined || right === undefined ? (left ?? right) : Math.min(left, right)

/** What a door has noted belongs to the call that has its id. */
const storyOf = (options: DoorOptions, id: string | undefined) =>
  id !== undefined && id === options.id ? options.story : undefined

function common(
  feature: AnyFeature,
  {
    timeoutMs,
    translation,
    onInterrupted,
    holdBack,
    loadClass,
    signal,
    traceId,
    door,
    terms,
    ownKeys,
    id: _id,
    story: _story,
    maxOutputTokens: _limit,
    ...caller
  }: DoorOptions,
) {
  return {
    door,
    model: feature.model,
    caller: { ...caller, feature: feature.name },
    ...(terms && { terms }),
    ...(ownKeys && { ownKeys }),
    timeoutMs,
    translation,
    onInterrupted,
    holdBack,
    loadClass: loadClass ?? feature.loadClass,
    signal,
    traceId,
  }
}

function writeMessages<Input, Output>(
  { name, input: schema, system, prompt }: Feature<Input, Output>,
  input: Input,
): Pick<Asked<Input>, 'messages' | 'promptHash' | 'leading'> {
  const asked = writePrompt({ name, isChecked: schema !== undefined }, () => prompt(input))
  const user: Message = { role: 'user', content: asked.blocks }
  const { leading } = asked
  if (!system) return { messages: [user], promptHash: asked.hash, leading }
  const promptHash = shortHash(`${system.hash}${asked.hash}`)
  return { messages: [{ role: 'system', content: system.blocks }, user], promptHash, leading }
}

/** The usual reason where a feature is served as a model. */
const unchecked =
  ', or give the feature an `input` schema: without one nothing checks its input, which is { text } where it is called as a model'

function writePrompt({ name, isChecked }: { readonly name: string; readonly isChecked: boolean }, write: () => Prompt) {
  let written: unknown
  try {
    written = write()
  } catch (cause) {
    throw new InseamError('prompt-failed', `The prompt function of "${name}" threw: ${failureText(cause)}`, {
      fix: `Correct the prompt of "${name}"${isChecked ? '' : unchecked}.`,
      cause,
    })
  }
  if (isPrompt(written)) return written
  throw new InseamError('prompt-failed', `The prompt function of "${name}" gave something that is no prompt.`, {
    fix: 'Return prompt`…`, at once: what it needs to wait for belongs in its input.',
  })
}
