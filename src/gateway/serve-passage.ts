import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ClientDialect, clientDialects } from '../core/dialect.ts'
import type { Passage, PassageLimits } from '../core/passage.ts'
import type { CallInput, Pipeline } from '../core/pipeline.ts'
import { asInseamError, InseamError } from '../errors/index.ts'
import { passageTooLarge } from '../errors/passage-too-large.ts'
import { codecs } from '../wire/codecs.ts'
import { askedByHeader } from './asked-by-header.ts'
import { bodyAtPace } from './body-at-pace.ts'
import { broughtIn } from './brought-keys.ts'
import { checkPassable } from './check-passable.ts'
import { chooseProvider } from './choose-provider.ts'
import { dialectOf } from './dialect-of.ts'
import type { Guard } from './guard.ts'
import { limitBodyTime } from './limit-body-time.ts'
import { passageAt } from './passage-at.ts'
import { mayTellAddress, passedAnswer } from './passed-answer.ts'
import { hasBody, passedHeaders } from './passed-headers.ts'
import { refuse } from './refuse.ts'
import { traceOf } from './serve-call.ts'

/** What passing a request through needs. */
export interface ServePassageOptions {
  readonly pipeline: Pipeline
  readonly guard: Guard
  readonly limits: PassageLimits
  /** How long the client may take nothing of the answer, in milliseconds. */
  readonly readerTimeoutMs: number
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal
}

/** How long a client may go on sending what nobody reads, once it has its answer, in milliseconds. */
const lingerMs = 30_000

/**
 * Passes a request through to a provider as it is, and the answer back. What is refused is on the record too; an answer that
 * breaks off breaks the client's connection, so that it cannot pass for whole. Never throws.
 */
export async function servePassage(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServePassageOptions,
): Promise<void> {
  const { pipeline, readerTimeoutMs, signal } = options
  const opening = await read(request, options)
  const { codec, input } = opening
  const call = pipeline.begin({ ...input, signal })
  const body = bodyAtPace(request)
  const answer = passedAnswer({ request, response, passage: input.passage, callId: call.id, signal, readerTimeoutMs })
  try {
    if (opening.refusal) {
      pipeline.refuse(call, opening.refusal)
      throw opening.refusal
    }
    const passage = { ...input.passage, ...(hasBody(request) && { body }) }
    await pipeline.passThrough({ ...call, passage }, answer)
  } catch (thrown) {
    if (!answer.isWhole && !response.headersSent) refuse(response, asInseamError(thrown), codec, call)
  }
  if (answer.isWhole) answer.finish()
  else if (!response.writableEnded) response.destroy()
  body.drop()
  limitBodyTime(request, lingerMs)
}

/** What is to be passed and where, or why it is not. */
async function read(request: IncomingMessage, { pipeline, guard, limits, signal }: ServePassageOptions) {
  const { method = '', url = '/', headers } = request
  const mark = url.indexOf('?')
  const [target, query] = mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark)]
  let passage: Passage = {
    provider: '',
    method,
    path: target,
    query: '',
    headers: {},
    limits,
    bytes: { in: 0, out: 0 },
  }
  let dialect = dialectOf(request, target)
  let caller: CallInput['caller'] = {}
  let terms: CallInput['terms']
  let refusal: InseamError | undefined
  try {
    const named = passageAt(target, '', '')
    const name = named?.provider ?? header(headers['x-inseam-provider'])
    dialect = dialectSpoken(pipeline, name) ?? dialectOf(request, named?.path ?? target)
    const admission = await guard(request, false)
    if (signal.aborted) throw signal.reason
    caller = admission.caller
    terms = admission.terms
    checkPassable(request)
    if (headers[broughtIn] !== undefined) throw takesNoKeys()
    const address = passageAt(target, query, admission.presented)
    if (!address)
      throw new InseamError('not-found', `There is no ${method} ${target.slice(0, 200)} here.`, {
        fix: 'Ask for /providers/NAME/v1/….',
      })
    const providers = pipeline.passable()
    const { name: provider } = chooseProvider({ providers, admission, named: name, dialect, method, path: target })
    const { timeoutMs: ownMs } = askedByHeader(headers)
    const totalMs = Math.min(limits.totalMs ?? Number.POSITIVE_INFINITY, ownMs ?? Number.POSITIVE_INFINITY)
    passage = {
      ...passage,
      provider,
      path: address.path,
      query: address.query,
      headers: {
        ...passedHeaders(request, admission.presented),
        ...(mayTellAddress(address) && { 'accept-encoding': 'identity' }),
      },
      limits: Number.isFinite(totalMs) ? { ...limits, totalMs } : limits,
    }
    checkLength(headers['content-length'], limits)
  } catch (thrown) {
    refusal = asInseamError(thrown)
  }
  const input = {
    door: 'gateway',
    model: '',
    caller,
    ...(terms && { terms }),
    request: { messages: [], stream: false },
    wire: { dialect, body: '', headers: {} },
    passage,
    traceId: traceOf(headers.traceparent),
  } as const satisfies CallInput
  return { codec: codecs[dialect], input, refusal }
}

/** The dialect of a provider that a client is pointed at, where clients speak it. */
function dialectSpoken(pipeline: Pipeline, name: string | undefined): ClientDialect | undefined {
  const spoken = pipeline.passable().find((provider) => provider.name === name)?.dialect
  return clientDialects.find((dialect) => dialect === spoken)
}

function checkLength(length: string | undefined, { maxBodyBytes }: PassageLimits): void {
  if (Number(length ?? 0) > maxBodyBytes) throw passageTooLarge(maxBodyBytes)
}

function takesNoKeys(): InseamError {
  return new InseamError(
    'operation-unsupported',
    `What is passed through goes with the operator's key, and \`${broughtIn}\` is not read.`,
    {
      fix: `Leave \`${broughtIn}\` out, or ask the provider itself.`,
    },
  )
}

const header = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined
