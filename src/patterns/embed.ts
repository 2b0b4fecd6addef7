import type { Call } from '../core/call.ts'
import { addCost, type Cost, noCost } from '../core/cost.ts'
import { counted, grouped } from '../core/figures.ts'
import { drain } from '../core/handler.ts'
import type { Pipeline } from '../core/pipeline.ts'
import type { Reply } from '../core/reply.ts'
import type { Loss, ModelRequest } from '../core/request.ts'
import { modelOf, type Target } from '../core/target.ts'
import { addUsage, noUsage, type Usage } from '../core/usage.ts'
import { asInseamError, CallAborted, InseamError, InvalidRequest } from '../errors/index.ts'
import { estimateTokens } from '../models/estimate-tokens.ts'
import type { CallOptions } from './begin-call.ts'
import { type Batch, splitTexts } from './embed-batches.ts'
import { inTime } from './in-time.ts'

/** What a caller says about an embedding. */
export interface EmbedOptions extends CallOptions {
  /** An alias, or `provider/model`. */
  readonly model: string
  /** How long the vectors are to be, where the model can choose. Default: as the model has it. */
  readonly dimensions?: number
  /** The feature on whose behalf it is done, for the record and the scope of the cache. */
  readonly feature?: string
  /** Requests under way at once, where the texts need several. Default 4. */
  readonly parallelCalls?: number
  /** What one dialect takes beyond this: `{ gemini: { taskType: 'RETRIEVAL_QUERY' } }`. For any other it is a loss. */
  readonly extensions?: ModelRequest['extensions']
}

/** What `seam.embed` gives. */
export interface Embeddings {
  /** One for each text, in the same order, all of one model. */
  readonly vectors: readonly (readonly number[])[]
  readonly usage: Usage
  readonly cost: Cost
  /** The model as the provider named it; for no text, as the caller did. */
  readonly model: string
  /** `provider/model` that gave the vectors, the first one where several providers of the model did; absent for no text. */
  readonly target?: string
  /** The ids of the calls, in the order of the texts. */
  readonly callIds: readonly string[]
  readonly losses: readonly Loss[]
}

const maxParallelCalls = 64

/**
 * Gives the vector of each text. More texts than one request takes are several calls of the pipeline, a few at a time, each on the
 * record. `timeoutMs` is for all of them; each has the alias's own limit besides. One that fails fails all: the others are
 * stopped, and the error's `arrived` holds what all of them cost. No text, no call.
 *
 * Throws an `InseamError`: `invalid-request` that names an empty text, `embeddings-mixed` where the alias changed meanwhile to
 * another model, and what any call throws.
 */
export async function embed(pipeline: Pipeline, texts: readonly string[], options: EmbedOptions): Promise<Embeddings> {
  const { model, parallelCalls = 4, signal } = options
  const time = inTime(pipeline.clock, options, model)
  const { targets, batches } = prepare(pipeline, texts, options)
  const failed = new AbortController()
  const replies = new Array<Reply | undefined>(batches.length)
  const errors: { readonly batch: Batch; readonly error: InseamError }[] = []
  let next = 0

  const work = async (): Promise<void> => {
    while (next < batches.length && errors.length === 0) {
      const index = next++
      const batch = batches[index]!
      try {
        const signals = signal ? [signal, failed.signal] : [failed.signal]
        const call = begin(pipeline, batch, options, { timeoutMs: time.left(), signal: AbortSignal.any(signals) })
        replies[index] = await drain(pipeline.run(call))
      } catch (thrown) {
        errors.push({ batch, error: asInseamError(thrown) })
        failed.abort(new CallAborted())
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallelCalls, batches.length) }, work))

  const done = replies.filter((reply) => reply !== undefined)
  const spent = addUp(
    done,
    errors.map(({ error }) => error),
  )
  const [first] = errors
  if (first) throw failure(first.error, first.batch, texts.length, spent)
  refuseMixed(done, { model, targets }, spent)
  return {
    vectors: done.flatMap(({ vectors = [] }) => vectors),
    ...spent,
    model: done[0]?.model ?? model,
    target: done[0]?.target,
    callIds: done.map(({ callId }) => callId),
    losses: once(done.flatMap(({ losses }) => losses)),
  }
}

/** Splits the texts by what the targets take. What cannot be asked for is refused, and on the record. */
function prepare(
  pipeline: Pipeline,
  texts: readonly string[],
  options: EmbedOptions,
): { readonly targets: readonly Target[]; readonly batches: readonly Batch[] } {
  try {
    demandWhole('parallelCalls', options.parallelCalls, maxParallelCalls)
    demandWhole('dimensions', options.dimensions, Number.MAX_SAFE_INTEGER)
    const empty = texts.findIndex((text) => typeof text !== 'string' || text === '')
    if (empty !== -1) throw new InvalidRequest(`texts[${empty}]`, 'is empty.', 'Leave it out: nothing has no vector.')
    if (texts.length === 0) return { targets: [], batches: [] }
    const targets = pipeline.targetsOf(options.model)
    return { targets, batches: splitTexts(texts, targets) }
  } catch (thrown) {
    const error = asInseamError(thrown)
    pipeline.refuse(begin(pipeline, { start: 0, texts: [] }, options, {}), error)
    throw error
  }
}

function demandWhole(path: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return
  throw new InvalidRequest(path, `expected a whole number of 1 or more, found ${value}.`)
}

function begin(
  pipeline: Pipeline,
  { texts }: Batch,
  {
    model,
    dimensions,
    extensions,
    parallelCalls: _,
    timeoutMs: __,
    signal: ___,
    translation,
    loadClass,
    traceId,
    ...caller
  }: EmbedOptions,
  limits: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
): Call {
  return pipeline.begin({
    model,
    caller,
    translation,
    loadClass,
    traceId,
    ...limits,
    request: {
      operation: 'embed',
      dimensions,
      extensions,
      messages: texts.map((text) => ({ role: 'user', content: [{ type: 'text', text }] })),
      stream: false,
    },
  })
}

interface Spent {
  readonly usage: Usage
  readonly cost: Cost
}

/** What all of it used and cost, failures too. */
function addUp(replies: readonly Reply[], errors: readonly InseamError[]): Spent {
  const all: readonly Spent[] = [
    ...replies,
    ...errors.map(({ arrived }) => arrived).filter((arrived) => arrived !== undefined),
  ]
  return all.reduce<Spent>(
    (sum, { usage, cost }) => ({ usage: addUsage(sum.usage, usage), cost: addCost(sum.cost, cost) }),
    { usage: noUsage, cost: noCost },
  )
}

/** The error with the cost of all, and where the provider did not take the texts, with which ones they were. */
function failure(error: InseamError, { start, texts }: Batch, total: number, spent: Spent): InseamError {
  error.arrived = { content: [], ...spent }
  if (error.code === 'context-exceeded' || error.code === 'request-rejected') {
    const lengths = texts.map(({ length }) => length)
    const longest = lengths.indexOf(Math.max(...lengths))
    const tokens = counted(estimateTokens(texts[longest] ?? ''), 'token')
    const which = texts.length === total ? '' : `It was about texts[${start}] to texts[${start + texts.length - 1}]. `
    error.message += ` ${which}The longest text is texts[${start + longest}], about ${tokens}.`
  }
  return error
}

/** A reload can lead the alias to another model between two calls. */
function refuseMixed(
  replies: readonly Reply[],
  { model: alias, targets }: { readonly model: string; readonly targets: readonly Target[] },
  spent: Spent,
): void {
  const modelNamed = (name: string): string => {
    const target = targets.find((target) => target.name === name)
    return target ? modelOf(target) : name
  }
  const models = new Set(replies.map(({ target = '' }) => modelNamed(target)))
  const lengths = new Set(replies.flatMap(({ vectors = [] }) => vectors.map(({ length }) => length)))
  if (models.size <= 1 && lengths.size <= 1) return
  const found =
    models.size > 1 ? `of ${[...models].join(' and ')}` : `of ${[...lengths].map(grouped).join(' and ')} numbers`
  const error = new InseamError('embeddings-mixed', `"${alias}" gave vectors ${found} for one list.`, {
    fix: 'Embed the list again; where it stays so, name one model by `provider/model`.',
  })
  error.arrived = { content: [], ...spent }
  throw error
}

function once(losses: readonly Loss[]): readonly Loss[] {
  return [...new Map(losses.map((loss) => [`${loss.path} ${loss.detail}`, loss])).values()]
}
