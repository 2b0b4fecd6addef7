import type { Threads } from '../anthropic-messages/threads.ts'
import type { Ask } from '../ask.ts'
import { billsAutomaticWrites } from '../books/prices.ts'
import type { PromptCache } from '../books/prompt-cache.ts'
import type { PromptComparisons } from '../books/prompt-comparison.ts'
import { type InputUsage, noUsage } from '../books/usage.ts'
import type { Dialect, DialectName, Frame } from '../dialect.ts'
import { embeddingModel } from '../embeddings/embedding-models.ts'
import { type StreamEncoder, streamEncoder } from '../faults/encode.ts'
import { errorEventProblem } from '../faults/error-event.ts'
import { type Fault, type FaultName, faultKind, numberParam, textParam } from '../faults/faults.ts'
import { refuseByFault } from '../faults/refuse-by-fault.ts'
import { webPage } from '../faults/shape-error.ts'
import { shapeFrames } from '../faults/shape-frames.ts'
import { streamWithFaults } from '../faults/stream-with-fault.ts'
import type { JsonObject } from '../json.ts'
import { composeAnswers } from '../model/compose-answers.ts'
import { invalid, type Problem } from '../problem.ts'
import type { Behaviour } from '../scenario/choose-behaviour.ts'
import type { Pace } from '../scenario/scenario.ts'
import type { Exchange } from './exchange.ts'
import { breakOff, failConnection } from './fail-connection.ts'
import { rateLimits, refuse, sendRefusal } from './refuse.ts'
import { sendBomb } from './send-bomb.ts'
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
  const { fault, faults } = behaviour
  const headers = answerHeaders(exchange, dialect, around)
  const ask = dialect.read(body)
  const input = inputUsage(dialect, ask, behaviour.model, around)
  if (faults.every((each) => billsInput(each, ask.streamed, dialect))) exchange.meter.input = input
  if (fault?.type === 'no-answer') return aborted(exchange.signal)
  const comparison = dialect.comparing && around.comparisons.compare(dialect.comparing, body, exchange.id, input)
  const material = {
    requestId: exchange.id,
    model: fault?.type === 'other-model' ? textParam(fault, 'name') : behaviour.model,
    createdAtMs: around.now(),
    ask,
    answers: dialect.givesVectors ? [] : composeAnswers(ask, around.seed, behaviour.reply, faults),
    input,
    ...(comparison && { comparison }),
    tokensPerDelta: around.tokensPerDelta,
    omitUsage:
      faults.some(({ type }) => type === 'usage-missing') ||
      dialect.givesVectors?.tellsUsage(behaviour.model) === false,
    omitEnding: faults.some(({ type }) => type === 'no-terminal-event'),
  }
  if (dialect.name === 'anthropic-messages') around.threads.hold(body, dialect.reply(material))
  if (!ask.streamed || hasNoStream(fault))
    return sendWhole(exchange, dialect, material, headers, paceWith(behaviour), fault)
  const frames = faults.reduce((shaped, each) => shapeFrames(shaped, each, dialect), dialect.frames(material))
  const stream = { ...headers, 'content-type': streamTypeOf(dialect, faults) }
  if (fault?.type === 'gzip-bomb') return sendStreamBomb(exchange, dialect, frames, stream, fault)
  const steps = streamWithFaults(frames, faults, dialect, exchange.id)
  return sendStream(exchange, steps, stream, behaviour.pace, encoderOf(faults))
}

function streamTypeOf(dialect: Dialect, faults: readonly Fault[]): string {
  const wrong = faults.find(({ type }) => type === 'wrong-content-type')
  if (wrong !== undefined) return textParam(wrong, 'type')
  return dialect.streamType ?? 'text/event-stream; charset=utf-8'
}

function encoderOf(faults: readonly Fault[]): StreamEncoder | undefined {
  const fault = faults.find(({ type }) => type === 'encoded' || type === 'corrupt-encoding')
  return fault && streamEncoder(textParam(fault, 'encoding'), fault.type === 'corrupt-encoding')
}

/** Pings in great number, and then the whole stream at once. */
function sendStreamBomb(
  exchange: Exchange,
  dialect: Dialect,
  frames: Iterable<Frame>,
  headers: Readonly<Record<string, string>>,
  fault: Fault,
): Promise<void> {
  const { meter } = exchange
  const texts: Buffer[] = []
  for (const frame of frames) {
    meter.output += frame.outputTokens
    meter.reasoning += frame.reasoningTokens
    meter.reported ||= frame.carriesUsage
    texts.push(Buffer.from(frame.text))
  }
  return sendBomb(exchange, headers, dialect.keepAlive, numberParam(fault, 'bytes'), Buffer.concat(texts))
}

/** Fails a request where its fault, or the request itself, leaves nothing to answer. Whether it did. */
export async function failByFault(
  exchange: Exchange,
  dialect: Dialect,
  behaviour: Behaviour,
  around: Surroundings,
  whyRefused: () => Problem | undefined,
): Promise<boolean> {
  const { model, fault } = behaviour
  if (fault !== undefined && (await breakOff(exchange, fault))) return true
  const problem = whyRefused()
  if (problem !== undefined) {
    refuse(exchange, dialect, problem, around)
    return true
  }
  exchange.attempt.fault = (fault === undefined ? [] : behaviour.faults).map(({ type }) => type).join(' + ') || null
  const refused = fault === undefined ? undefined : refuseByFault(fault, dialect.name, model)
  if (refused !== undefined) await sendRefusal(exchange, dialect, refused, around)
  else if (fault?.type === 'html')
    exchange.send(200, { 'content-type': 'text/html; charset=utf-8' }, webPage('502 Bad Gateway'))
  else if (fault?.type === 'error-under-200') {
    const problem = errorEventProblem(textParam(fault, 'kind'))
    const json = { ...answerHeaders(exchange, dialect, around), 'content-type': 'application/json' }
    exchange.send(200, json, JSON.stringify(dialect.errorBody(problem, exchange.id)))
  } else return fault !== undefined && failConnection(exchange, dialect, fault, around)
  return true
}

/** The headers of a reply that is no refusal. */
export function answerHeaders(exchange: Exchange, dialect: Dialect, around: Surroundings): Record<string, string> {
  return dialect.headers(exchange.id, rateLimits(around, 9_999))
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

function billsInput(fault: Fault, streamed: boolean, dialect: Dialect): boolean {
  // Not streamed, these are an error before anything was written.
  if (!streamed && fault.type === 'error-event-mid') return false
  if (!streamed && fault.type === 'content-filter' && dialect.name === 'anthropic-messages') return false
  return faultKind(fault.type)?.bills !== 'nothing'
}

/** How long an answer takes that is not streamed. */
function paceWith({ pace, faults }: Behaviour): Required<Pace> {
  const msOf = (type: FaultName) =>
    faults.reduce((ms, fault) => ms + (fault.type === type ? numberParam(fault, 'ms') : 0), 0)
  return {
    firstTokenMs: pace.firstTokenMs + msOf('slow-first-token') + msOf('slow-tokens'),
    tokenMs: pace.tokenMs + msOf('slow-tokens'),
  }
}

/** Whether one JSON body, or none, comes even where a stream was asked for. */
function hasNoStream(fault: Fault | undefined): boolean {
  return fault?.type === 'empty-body' || fault?.type === 'empty-object' || fault?.type === 'bare-json'
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
