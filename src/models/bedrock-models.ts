import { anthropicModels } from './anthropic-models.ts'
import type { ModelFacts, PricePeriod } from './model-facts.ts'

type Figures = Pick<PricePeriod, 'input' | 'output'> &
  Partial<Pick<PricePeriod, 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h'>>

/** In geographies of their own, `global.` apart: `us.` and its like. */
type Geography = 'us' | 'eu' | 'jp' | 'au' | 'apac'

function period(figures: Figures): PricePeriod {
  return { ...figures, sourceUrl: 'https://aws.amazon.com/bedrock/pricing/', checkedOn: '2026-11-23' }
}

/** USD per million: input, cache read, cache write for 5 minutes, output; cache write for 1 hour. */
function claude(
  input: number,
  cacheRead: number,
  cacheWrite5m: number,
  output: number,
  cacheWrite1h?: number,
): Figures {
  return { input, cacheRead, cacheWrite5m, output, ...(cacheWrite1h !== undefined && { cacheWrite1h }) }
}

/** A region or a geography costs 1.1 times what `global.` does, GovCloud 1.2 times, cache and all. */
function times(figures: Figures, factor: number): PricePeriod {
  const raised = Object.entries(figures).map(([part, usd]) => [part, Math.round(usd * factor * 1e6) / 1e6])
  return period(Object.fromEntries(raised) as unknown as Figures)
}

/** A Claude since Sonnet 4.5: what AWS calls it, Anthropic's own name of it, what `global.` costs, and which other prefixes it has. */
function current(
  name: string,
  sameAs: string,
  figures: Figures,
  geographies: readonly Geography[],
  gov?: 'us-gov',
): ModelFacts[] {
  const id = `anthropic.${name}`
  const { contextTokens, maxOutputTokens, minCacheableTokens } =
    anthropicModels.find((model) => model.id === sameAs) ?? {}
  const facts = {
    family: 'anthropic',
    sameAs,
    ...(contextTokens !== undefined && { contextTokens }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(minCacheableTokens !== undefined && { minCacheableTokens }),
  } as const
  return [
    { id, ...facts, pricedIn: 'commercial', prices: [times(figures, 1.1)] },
    { id: `global.${id}`, ...facts, prices: [period(figures)] },
    ...geographies.map((prefix) => ({ id: `${prefix}.${id}`, ...facts, prices: [times(figures, 1.1)] })),
    ...(gov ? [{ id: `${gov}.${id}`, ...facts, prices: [times(figures, 1.2)] }] : []),
  ]
}

/** A Claude from before, which costs the same wherever it is asked. */
function older(
  name: string,
  figures: Figures,
  prefixes: readonly (Geography | 'global')[],
  maxOutputTokens: number,
): ModelFacts {
  const id = `anthropic.${name}`
  const aliases = prefixes.map((prefix) => `${prefix}.${id}`)
  const facts = { family: 'anthropic', contextTokens: 200_000, maxOutputTokens, minCacheableTokens: 1024 } as const
  return { id, aliases, ...facts, pricedIn: 'commercial', prices: [period(figures)] }
}

interface Open extends Figures {
  readonly family: ModelFacts['family']
  readonly context: number
  /** The longest answer, in tokens. */
  readonly most?: number
  /** Geographies whose prefix has a price, `us` at that of the regions there. */
  readonly us?: true
  readonly elsewhere?: Readonly<Record<string, Figures>>
}

/** A model whose price depends on the region: figures of the regions in the United States, and of prefixes that somebody lists. */
function open(id: string, { family, context, most, us, elsewhere = {}, ...figures }: Open): ModelFacts[] {
  const facts = { family, contextTokens: context, ...(most !== undefined && { maxOutputTokens: most }) } as const
  return [
    { id, ...facts, pricedIn: 'us', prices: [period(figures)] },
    ...(us ? [{ id: `us.${id}`, ...facts, sameAs: id, prices: [period(figures)] }] : []),
    ...Object.entries(elsewhere).map(([prefix, other]) => ({
      id: `${prefix}.${id}`,
      ...facts,
      sameAs: id,
      prices: [period(other)],
    })),
  ]
}

const cached = (input: number, cacheRead: number, output: number): Figures => ({ input, cacheRead, output })
const same = (price: number): Figures => ({ input: price, output: price })
const nova = { family: 'amazon', us: true, most: 10_000 } as const
const llama = { family: 'meta', context: 128_000, most: 4096, us: true } as const
const mistral = { family: 'mistral', context: 128_000 } as const

/** Vectors are billed by what went in alone. */
function embedding(
  id: string,
  family: ModelFacts['family'],
  input: number,
  contextTokens: number,
  more: Pick<ModelFacts, 'aliases' | 'pricedIn'> = { pricedIn: 'us' },
): ModelFacts {
  return { id, family, embeds: true, contextTokens, ...more, prices: [period({ input, output: 0 })] }
}

const everywhere: readonly Geography[] = ['us', 'eu', 'jp', 'au', 'apac']

const whole = { batch: 0.5, flex: 0.5, priority: 1.75 }

/** LiteLLM 1.109.1: flex and batches at half, priority at 1.75 times, for these alone. */
const serviceTiers: Readonly<Record<string, PricePeriod['serviceTiers']>> = {
  'amazon.nova-pro-v1:0': whole,
  'apac.amazon.nova-pro-v1:0': { flex: 0.5 },
  'amazon.nova-lite-v1:0': { batch: 0.5 },
  'amazon.nova-micro-v1:0': { batch: 0.5 },
  'amazon.nova-premier-v1:0': { batch: 0.5, priority: 1.75 },
  'amazon.nova-2-lite-v1:0': { batch: 0.5, priority: 1.75 },
  'us.amazon.nova-2-lite-v1:0': whole,
  'global.amazon.nova-2-lite-v1:0': { batch: 0.5, priority: 1.75 },
  'openai.gpt-oss-120b-1:0': whole,
  'mistral.devstral-2-123b': whole,
  'mistral.ministral-3-14b-instruct': whole,
}

function withServiceTiers(model: ModelFacts): ModelFacts {
  const tiers = serviceTiers[model.id]
  return tiers ? { ...model, prices: model.prices.map((period) => ({ ...period, serviceTiers: tiers })) } : model
}

/**
 * What Amazon Bedrock charges on demand, by exact id, the prefixes of its cross-region profiles included: LiteLLM 1.109.1, compared with
 * @pydantic/genai-prices 0.1.8; where both name an id and differ, the dearer. That a region costs a tenth more than
 * `global.`, from Claude Sonnet 4.5 on: platform.claude.com/docs/en/about-claude/pricing. What neither lists is left out, and so
 * `unpriced`, as are provisioned throughput and every service tier that is not listed for a model.
 */
export const bedrockModels: readonly ModelFacts[] = listed().map(withServiceTiers)

function listed(): ModelFacts[] {
  return [
    ...current('claude-opus-5-5', 'claude-opus-5-5', claude(4, 0.2, 5, 20, 8), everywhere, 'us-gov'),
    ...current('claude-opus-5', 'claude-opus-5', claude(5, 0.5, 6.25, 25, 10), everywhere, 'us-gov'),
    ...current('claude-opus-4-8', 'claude-opus-4-8', claude(5, 0.5, 6.25, 25, 10), everywhere, 'us-gov'),
    ...current('claude-opus-4-7', 'claude-opus-4-7', claude(5, 0.5, 6.25, 25, 10), everywhere),
    ...current('claude-opus-4-6-v1', 'claude-opus-4-6', claude(5, 0.5, 6.25, 25, 10), ['us', 'eu', 'au']),
    ...current('claude-opus-4-5-20251101-v1:0', 'claude-opus-4-5', claude(5, 0.5, 6.25, 25, 10), ['us', 'eu']),
    ...current('claude-fable-5-1', 'claude-fable-5-1', claude(10, 0.25, 12.5, 50, 20), ['us', 'eu'], 'us-gov'),
    ...current('claude-fable-5', 'claude-fable-5', claude(10, 1, 12.5, 50, 20), ['us', 'eu', 'au', 'apac']),
    ...current('claude-sonnet-5-5', 'claude-sonnet-5-5', claude(2, 0.1, 2.5, 10, 4), everywhere, 'us-gov'),
    ...current('claude-sonnet-5', 'claude-sonnet-5', claude(2, 0.2, 2.5, 10, 4), everywhere, 'us-gov'),
    ...current('claude-sonnet-4-6', 'claude-sonnet-4-6', claude(3, 0.3, 3.75, 15, 6), everywhere),
    ...current(
      'claude-sonnet-4-5-20250929-v1:0',
      'claude-sonnet-4-5',
      claude(3, 0.3, 3.75, 15, 6),
      ['us', 'eu', 'jp', 'au'],
      'us-gov',
    ),
    ...current('claude-haiku-5-5', 'claude-haiku-5-5', claude(0.1, 0.01, 0.125, 0.5, 0.2), everywhere, 'us-gov'),
    ...current('claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5', claude(1, 0.1, 1.25, 5, 2), everywhere),
    older('claude-opus-4-1-20250805-v1:0', claude(15, 1.5, 18.75, 75), ['us', 'eu'], 32_000),
    older('claude-opus-4-20250514-v1:0', claude(15, 1.5, 18.75, 75), ['us', 'eu'], 32_000),
    older('claude-sonnet-4-20250514-v1:0', claude(3, 0.3, 3.75, 15), ['global', 'us', 'eu', 'apac'], 64_000),
    ...open('amazon.nova-micro-v1:0', {
      ...nova,
      context: 128_000,
      ...cached(0.035, 0.00875, 0.14),
      elsewhere: { eu: cached(0.046, 0.0115, 0.184), apac: cached(0.037, 0.00925, 0.148) },
    }),
    ...open('amazon.nova-lite-v1:0', {
      ...nova,
      context: 300_000,
      ...cached(0.06, 0.015, 0.24),
      elsewhere: { eu: cached(0.078, 0.0195, 0.312), apac: cached(0.063, 0.01575, 0.252) },
    }),
    ...open('amazon.nova-pro-v1:0', {
      ...nova,
      context: 300_000,
      ...cached(0.8, 0.2, 3.2),
      elsewhere: { eu: cached(1.05, 0.2625, 4.2), apac: cached(0.84, 0.21, 3.36) },
    }),
    ...open('amazon.nova-premier-v1:0', { ...nova, context: 1_000_000, ...cached(2.5, 0.625, 12.5) }),
    ...open('amazon.nova-2-lite-v1:0', {
      ...nova,
      context: 1_000_000,
      most: 64_000,
      ...cached(0.33, 0.0825, 2.75),
      elsewhere: {
        global: cached(0.3, 0.075, 2.5),
        eu: cached(0.429, 0.10725, 3.597),
        jp: cached(0.396, 0.099, 3.311),
        apac: cached(0.396, 0.099, 3.311),
      },
    }),
    ...open('meta.llama4-maverick-17b-instruct-v1:0', {
      ...llama,
      context: 1_000_000,
      most: 8192,
      input: 0.24,
      output: 0.97,
    }),
    ...open('meta.llama4-scout-17b-instruct-v1:0', {
      ...llama,
      context: 3_500_000,
      most: 8192,
      input: 0.17,
      output: 0.66,
    }),
    ...open('meta.llama3-3-70b-instruct-v1:0', { ...llama, ...same(0.72) }),
    ...open('meta.llama3-2-90b-instruct-v1:0', { ...llama, ...same(0.72) }),
    ...open('meta.llama3-2-11b-instruct-v1:0', { ...llama, ...same(0.16) }),
    ...open('meta.llama3-2-3b-instruct-v1:0', { ...llama, ...same(0.15), elsewhere: { eu: same(0.19) } }),
    ...open('meta.llama3-2-1b-instruct-v1:0', { ...llama, ...same(0.1), elsewhere: { eu: same(0.13) } }),
    ...open('meta.llama3-1-405b-instruct-v1:0', { ...llama, ...same(2.4) }),
    ...open('meta.llama3-1-70b-instruct-v1:0', { ...llama, ...same(0.72) }),
    ...open('meta.llama3-1-8b-instruct-v1:0', { ...llama, ...same(0.22) }),
    ...open('mistral.mistral-large-3-675b-instruct', { ...mistral, context: 256_000, input: 0.5, output: 1.5 }),
    ...open('mistral.devstral-2-123b', { ...mistral, context: 256_000, input: 0.4, output: 2 }),
    ...open('mistral.magistral-small-2509', { ...mistral, input: 0.5, output: 1.5 }),
    ...open('mistral.ministral-3-14b-instruct', { ...mistral, ...same(0.2) }),
    ...open('mistral.ministral-3-8b-instruct', { ...mistral, ...same(0.15) }),
    ...open('mistral.ministral-3-3b-instruct', { ...mistral, ...same(0.1) }),
    ...open('mistral.pixtral-large-2502-v1:0', {
      ...mistral,
      us: true,
      input: 2,
      output: 6,
      elsewhere: { eu: { input: 2, output: 6 } },
    }),
    ...open('mistral.mistral-large-2402-v1:0', { ...mistral, context: 32_000, input: 4, output: 12 }),
    ...open('mistral.mistral-small-2402-v1:0', { ...mistral, context: 32_000, input: 1, output: 3 }),
    ...open('openai.gpt-oss-120b-1:0', { family: 'openai', context: 128_000, most: 16_384, input: 0.15, output: 0.6 }),
    ...open('openai.gpt-oss-20b-1:0', { family: 'openai', context: 128_000, most: 16_384, input: 0.07, output: 0.3 }),
    embedding('amazon.titan-embed-text-v2:0', 'amazon', 0.02, 8192),
    embedding('amazon.titan-embed-text-v1', 'amazon', 0.1, 8192),
    embedding('cohere.embed-english-v3', 'cohere', 0.1, 512),
    embedding('cohere.embed-multilingual-v3', 'cohere', 0.1, 512),
    embedding('cohere.embed-v4:0', 'cohere', 0.12, 128_000, {
      aliases: ['us.cohere.embed-v4:0', 'global.cohere.embed-v4:0'],
    }),
  ]
}
