import type { WireRequest } from '../core/call.ts'
import type { WorstCase } from '../core/ports.ts'
import type { ModelRequest } from '../core/request.ts'
import { modelOf, type Target } from '../core/target.ts'
import type { UsagePart } from '../core/usage.ts'
import { type BeyondThePrompt, beyondThePrompt, type Unbounded } from './beyond-the-prompt.ts'
import { capabilitiesOf } from './capabilities-of.ts'
import type { ExactPrices, ExactSchedule } from './exact-cost.ts'
import { boundInput, type InputBound } from './input-bound.ts'
import { repeatedField } from './repeated-field.ts'
import { tierAsked } from './tier-asked.ts'

/** OpenAI's Responses take no lower limit, and are sent this one instead. */
const leastOutputOfResponses = 16

/**
 * The most that an attempt can cost at these prices: input as many tokens as it has bytes and no more than the context window, at the
 * dearest rate that it could be billed at; as much output as it is allowed, for each answer that it asks for; each call of the
 * provider's own tools that it allows. Rounded up. `wire`: as `boundInput` has it. Never throws.
 */
export function worstCase(
  prices: ExactPrices | undefined,
  target: Target,
  request: ModelRequest,
  wire?: WireRequest,
): WorstCase {
  if (request.operation === 'count-tokens') return { type: 'bounded', nanoUsd: 0 }
  if (!prices) {
    return unbounded({
      because: 'nobody knows its price',
      fix: `Set \`prices\` of "${target.name}", or \`unpricedAt\` for all models without a price.`,
    })
  }
  const beyond = beyondThePrompt(request, target)
  if ('because' in beyond) return unbounded(beyond)
  const passed = wire?.dialect === target.dialect ? wire : undefined
  const twice = passed && repeatedField(passed.body)
  if (twice !== undefined) {
    return unbounded({
      because: `\`${twice}\` stands twice in one object of it, and which of the two a provider obeys is not known`,
      fix: `Send \`${twice}\` once.`,
    })
  }
  const input = boundInput(request, target, passed)
  const { contextTokens, maxOutputTokens } = capabilitiesOf(modelOf(target))
  const window = target.contextTokens ?? contextTokens
  const rounds = 1 + Object.values(beyond.serverTools).reduce((sum, calls) => sum + calls, 0)
  const isOpen = input.isOpen || beyond.isOpen || rounds > 1
  if (isOpen && (window === undefined || request.operation === 'embed')) {
    return unbounded({
      because:
        'the prompt names what it does not hold (a document, a file, a conversation), and the context window of the model is not known',
      fix: 'Send text and pictures alone, or make the budget soft (`hard: false`).',
    })
  }
  // A longer prompt is rejected; of texts to be embedded, each has a window of its own.
  const most = request.operation === 'embed' ? undefined : window
  const inputTokens = exactly(
    (isOpen && window !== undefined ? window : Math.min(input.tokens, most ?? input.tokens)) * rounds,
  )
  const limit = request.operation === 'embed' ? 0 : outputLimit(request, target, beyond, maxOutputTokens)
  if (limit === undefined) {
    return unbounded({
      because: 'nothing limits its output',
      fix: 'Set `maxOutputTokens` of the alias, or an output limit in the request.',
    })
  }
  const least = target.dialect === 'openai-responses' && limit > 0 ? leastOutputOfResponses : 0
  const outputTokens = exactly((Math.max(limit, least) + beyond.furtherOutput) * beyond.choices * rounds)
  const tools = toolTerms(prices, beyond.serverTools)
  if ('because' in tools) return unbounded(tools)
  const billed = schedulesOf(prices, request, target)
  if ('because' in billed) return unbounded(billed)
  const parts = { input: inputPartsOf(input), output: outputPartsOf(beyond) }
  let pico = 0n
  for (const { schedule, millionths } of billed.schedules) {
    const tiers = schedule.tiers.filter(({ above }) => inputTokens > above).map(({ rates }) => rates)
    for (const rates of [schedule.base, ...tiers]) {
      const tokens =
        BigInt(inputTokens) * dearest(rates, parts.input) + BigInt(outputTokens) * dearest(rates, parts.output)
      pico = larger(pico, (tokens * BigInt(millionths) * BigInt(billed.place) + one ** 2n - 1n) / one ** 2n)
    }
  }
  return { type: 'bounded', nanoUsd: Math.min(Number((pico + tools.pico + 999n) / 1000n), Number.MAX_SAFE_INTEGER) }
}

const one = 1_000_000n

/** Nobody has so many tokens; a request may ask for more. */
function exactly(tokens: number): number {
  return Math.min(tokens, Number.MAX_SAFE_INTEGER)
}

/** A limit of 0 is none where it stands for a field that was left out: everywhere but at Anthropic, where nothing is written then. */
function outputLimit(
  { maxOutputTokens: asked }: ModelRequest,
  { dialect }: Target,
  { otherLimit }: BeyondThePrompt,
  most: number | undefined,
): number | undefined {
  const limit = asked === 0 && dialect !== 'anthropic-messages' ? most : (asked ?? most)
  return limit === undefined ? undefined : Math.max(limit, otherLimit)
}

interface Billed {
  readonly schedules: readonly { readonly schedule: ExactSchedule; readonly millionths: number }[]
  /** In millionths, how many times it costs where it is computed. */
  readonly place: number
}

/** The standard prices, for a tier may not be granted, and those of the tier that the request asks for. */
function schedulesOf(prices: ExactPrices, request: ModelRequest, target: Target): Billed | Unbounded {
  const { serviceTier, inferenceGeo } = tierAsked(request, target)
  const place = inferenceGeo === undefined ? Number(one) : prices.geographies.get(inferenceGeo)
  const asked = serviceTier === undefined ? Number(one) : prices.serviceTiers.get(serviceTier)
  if (asked === undefined) return unpriced(`service tier "${serviceTier}"`, '`serviceTiers`')
  if (place === undefined) return unpriced(`place "${inferenceGeo}"`, '`geographies`')
  const tier =
    typeof asked === 'number' ? { schedule: prices, millionths: asked } : { schedule: asked, millionths: Number(one) }
  return { schedules: [{ schedule: prices, millionths: Number(one) }, tier], place }
}

function unpriced(what: string, key: string): Unbounded {
  return {
    because: `nobody knows what its ${what} costs`,
    fix: `Do not ask for it, or set ${key} below \`prices\` of the model.`,
  }
}

function unbounded({ because, fix }: Unbounded): WorstCase {
  return { type: 'unbounded', because, fix }
}

function inputPartsOf({ writes, mayHaveAudio }: InputBound): readonly UsagePart[] {
  return [
    'inputUncached',
    'cacheRead',
    // A cache that wants no marks writes whatever it likes.
    'cacheWriteOther',
    'imageIn',
    ...(writes === 'none' ? [] : (['cacheWrite5m'] as const)),
    ...(writes === 'long' ? (['cacheWrite1h'] as const) : []),
    ...(mayHaveAudio ? (['audioIn'] as const) : []),
  ]
}

function outputPartsOf({ mayGiveAudio }: BeyondThePrompt): readonly UsagePart[] {
  return ['outputText', 'outputReasoning', 'imageOut', ...(mayGiveAudio ? (['audioOut'] as const) : [])]
}

/** Pico-dollars a token. A part without a price cannot be billed by the book: it is settled at the worst case. */
function dearest(rates: ExactPrices['base'], parts: readonly UsagePart[]): bigint {
  return BigInt(Math.max(...parts.map((part) => rates[part] ?? 0)))
}

/** Anthropic takes nothing for these but the tokens that they bring (its page on prices). */
const freeTools = new Set(['web_fetch'])

function toolTerms(
  { serverTools }: ExactPrices,
  calls: Readonly<Record<string, number>>,
): { readonly pico: bigint } | Unbounded {
  let pico = 0n
  for (const [tool, most] of Object.entries(calls)) {
    const rate = Object.hasOwn(serverTools, tool) ? serverTools[tool] : freeTools.has(tool) ? 0 : undefined
    if (rate === undefined) {
      return {
        because: `nobody knows what a call of \`${tool}\` costs`,
        fix: `Leave \`${tool}\` out, or make the budget soft (\`hard: false\`).`,
      }
    }
    pico += BigInt(most) * BigInt(rate)
  }
  return { pico }
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right
}
