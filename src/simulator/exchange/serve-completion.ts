import type { Threads } from '../anthropic-messages/threads.ts'
import type { Ask } from '../ask.ts'
import { billsAutomaticWrites } from '../books/prices.ts'
import type { PromptCache } from '../books/prompt-cache.ts'
import type { PromptComparisons } from '../books/prompt-comparison.ts'
import { type InputUsage, noUsage } from '../books/usage.ts'
import type { Dialect, DialectName, RateLimits } from '../dialect.ts'
import { embeddingModel } from '../embeddings/embedding-models.ts'
import { type Fault, faultKind, textParam } from '../faults/faults.ts'
import { refuseByFault } from '../faults/refuse-by-fault.ts'
import { streamWithFault } from '../faults/stream-with-fault.ts'
import type { JsonObject } from '../json.ts'
import { composeAnswers } from '../model/compose-answers.ts'
import { invalid, type Problem, statusOf } from '../problem.ts'
import type { Behaviour } from '../scenario/choose-behaviour.ts'
import type { Exchange } from './exchange.ts'
import { sendStream } from './send-stream.ts'
import { sendWhole } from './send-whole.ts'
import { aborted } from './wait.ts'

/** What a completion needs to know of the simulator that serves it. */
export interface Surroundings {
  readonly seed: number
  readonly cache: PromptCache
  readonly comparisons: PromptComparisons
  readonly threads: Threads
  readonly tokensPerDelta: number
  readonly unknownModels: readonly string[]
  readonly refusedUrl: string
  readonly now: () => number
}

/** Answers one accepted request, or fails as its behaviour says. */
export async function serveCompletion(
  exchange: Exchange,
  dialect: Dialect,
  body: JsonObject,
  behaviour: Behaviour,
  around: Surroundings,
): Promise<void> {
  if (await failByFault(exchange, dialect, behaviour, around, () => whyRefused(dialect, body, behaviour, around)))
    return
  const { fault } = behaviour
  const headers = answerHeaders(exchange, dialect, around)
  const ask = dialect.read(body)
  const input = inputUsage(dialect, ask, behaviour.model, around)
  if (billsInput(fault, ask.streamed, dialect)) exchange.meter.input = input
  if (fault?.type === 'no-answer') return aborted(exchange.signal)
  const comparison = dialect.comparing && around.comparisons.compare(dialect.comparing, body, exchange.id, input)
  const material = {
    requestId: exchange.id,
    model: behaviour.model,
    createdAtMs: around.now(),
    ask,
    answers: dialect.givesVectors ? [] : composeAnswers(ask, around.seed, behaviour.reply, fault),
    input,
    ...(comparison && { comparison }),
    tokensPerDelta: around.tokensPerDelta,
    omitUsage: fault?.type === 'usage-missing' || dialect.givesVectors?.tellsUsage(behaviour.model) === false,
    omitEnding: fault?.type === 'no-terminal-event',
  }
  if (dialect.name === 'anthropic-messages') around.threads.hold(body, dialect.reply(material))
  if (!ask.streamed || isEmptyBody(fault)) return sendWhole(exchange, dialect, material, headers, behaviour.pace, fault)
  const steps = streamWithFault(dialect.frames(material), fault, dialect, exchange.id)
  const { streamType } = dialect
  return sendStream(exchange, steps, streamType ? { ...headers, 'content-type': streamType } : headers, behaviour.pace)
}

/** Fails a request where its fault, or the request itself, leaves nothing to answer. Whether it did. */
export async function failByFault(
  exchange: Exchange,
  dialect: Dialect,
  { fault }: Behaviour,
  around: Surroundings,
  whyRefused: () => Problem | undefined,
): Promise<boolean> {
  if (fault?.type === 'connection-refused' || fault?.type === 'reset-before-headers') {
    exchange.attempt.fault = fault.type
    await exchange.cut(fault.type === 'connection-refused' ? 'close' : 'reset')
    return true
  }
  const problem = whyRefused()
  if (problem !== undefined) {
    refuse(exchange, dialect, problem, around)
    return true
  }
  exchange.attempt.fault = fault?.type ?? null
  const refused = fault === undefined ? undefined : refuseByFault(fault)
  if (refused !== undefined) refuse(exchange, dialect, refused.problem, around, refused.headers)
  else if (fault?.type === 'redirect') {
    const to = textParam(fault, 'to') || around.refusedUrl
    const location = `${to.replace(/\/$/, '')}${exchange.attempt.path}`
    exchange.send(307, { ...answerHeaders(exchange, dialect, around), location }, '')
  } else if (fault?.type === 'html') exchange.send(200, { 'content-type': 'text/html; charset=utf-8' }, webPage)
  else return false
  return true
}

/** The headers of a reply that is no refusal. */
export function answerHeaders(exchange: Exchange, dialect: Dialect, around: Surroundings): Record<string, string> {
  return dialect.headers(exchange.id, rateLimits(around, 9_999))
}

/** Answers with an error in the dialect's envelope. */
export function refuse(
  exchange: Exchange,
  dialect: Dialect,
  problem: Problem,
  around: Pick<Surroundings, 'now'>,
  extra: Readonly<Record<string, string>> = {},
): void {
  const limited = problem.kind === 'rate-limited' || problem.kind === 'quota-exhausted'
  const refusal = dialect.refusal?.(problem)
  const headers = {
    ...dialect.headers(exchange.id, rateLimits(around, limited ? 0 : 9_999)),
    ...refusal?.headers,
    'content-type': 'application/json',
    ...extra,
  }
  exchange.send(
    refusal?.status ?? statusOf[problem.kind],
    headers,
    JSON.stringify(dialect.errorBody(problem, exchange.id)),
  )
}

/** What the provider refuses a request for. */
export function whyRefused(
  dialect: Dialect,
  body: JsonObject,
  behaviour: Behaviour,
  around: Surroundings,
): Problem | undefined {
  const { model, problem } = behaviour
  if (problem !== undefined) return invalid(problem)
  if (model === '')
    return invalid(
      dialect.name !== 'anthropic-messages' ? 'you must provide a model parameter' : 'model: Field required',
    )
  if (around.unknownModels.includes(model)) {
    const isOpenai = dialect.name === 'openai-chat' || dialect.name === 'openai-responses'
    const message = unknownModel[dialect.name](model)
    return { kind: 'not-found', message, ...(isOpenai && { param: 'model' }) }
  }
  if (!dialect.givesVectors && embeddingModel(model)) {
    return {
      kind: 'not-found',
      message: `${model} gives vectors and cannot answer. Did you mean to ask for embeddings?`,
    }
  }
  return dialect.check(body, model)
}

const unknownModel: Readonly<Record<DialectName, (model: string) => string>> = {
  'bedrock-converse': () => 'The provided model identifier is invalid.',
  'openai-chat': (model) => `The model \`${model}\` does not exist or you do not have access to it.`,
  'openai-responses': (model) => `The model \`${model}\` does not exist or you do not have access to it.`,
  'anthropic-messages': (model) => `model: ${model}`,
  gemini: (model) => `models/${model} is not found for API version v1beta, or is not supported for generateContent.`,
}

function billsInput(fault: Fault | undefined, streamed: boolean, dialect: Dialect): boolean {
  if (fault === undefined) return true
  // Not streamed, these are an error before anything was written.
  if (!streamed && fault.type === 'error-event-mid') return false
  if (!streamed && fault.type === 'content-filter' && dialect.name === 'anthropic-messages') return false
  return faultKind(fault.type)?.bills !== 'nothing'
}

function isEmptyBody(fault: Fault | undefined): boolean {
  return fault?.type === 'empty-body' || fault?.type === 'empty-object'
}

function inputUsage(dialect: Dialect, ask: Ask, model: string, around: Surroundings): InputUsage {
  const { cache } = around
  if (dialect.givesVectors) {
    return { ...noUsage, uncachedInput: ask.prompt.reduce((sum, { tokens }) => sum + tokens, 0) }
  }
  if (dialect.name === 'anthropic-messages' || dialect.name === 'bedrock-converse')
    return cache.explicit(model, ask.prompt, around.now())
  return cache.automatic(model, ask.prompt, around.now(), billsAutomaticWrites(model))
}

function rateLimits(around: Pick<Surroundings, 'now'>, remaining: number): RateLimits {
  return {
    requests: 10_000,
    remainingRequests: remaining,
    tokens: 2_000_000,
    remainingTokens: remaining === 0 ? 0 : 1_998_000,
    resetsAtMs: around.now() + 1000,
  }
}

const webPage = `<!doctype html>
<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>proxy</body></html>
`
