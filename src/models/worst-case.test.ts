import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dialect } from '../core/dialect.ts'
import type { ModelRequest } from '../core/request.ts'
import { modelOf, type Target } from '../core/target.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import { createBooks } from './books.ts'
import { capabilitiesOf } from './capabilities-of.ts'

const books = createBooks({ date: () => Date.UTC(2026, 10, 24) })

const targetOf = (model: string, dialect: Dialect = 'openai-chat'): Target => ({
  name: `lab/${model}`,
  provider: 'lab',
  model,
  dialect,
  credential: 'main',
  weight: 1,
})

const asking = (text: string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  messages: [{ role: 'user', content: [{ type: 'text', text }] }],
  maxOutputTokens: 100,
  stream: false,
  ...more,
})

function most(target: Target, request: ModelRequest): number {
  const worst = books.worstCase(target, request)
  if (worst.type === 'unbounded') throw new Error(worst.because)
  return worst.nanoUsd
}

function why(target: Target, request: ModelRequest): string {
  const worst = books.worstCase(target, request)
  return worst.type === 'unbounded' ? worst.because : 'bounded'
}

const models: readonly (readonly [model: string, dialect: Dialect])[] = [
  ['claude-haiku-4-5', 'anthropic-messages'],
  ['claude-opus-5-5', 'anthropic-messages'],
  ['gpt-5.4', 'openai-chat'],
  ['gpt-6-sol', 'openai-responses'],
  ['gemini-3.1-pro-preview', 'gemini'],
  ['gemini-2.5-flash', 'gemini'],
]

/** So many tokens, in parts: each share goes to one of them. */
function spread(tokens: number, parts: readonly (keyof Usage)[], shares: readonly number[]): Partial<Usage> {
  let left = tokens
  const found: Record<string, number> = {}
  parts.forEach((part, index) => {
    const count = index === parts.length - 1 ? left : Math.floor(left * (shares[index] ?? 0))
    found[part] = count
    left -= count
  })
  return found
}

describe('the worst case', () => {
  it('is never below what a provider bills that counts no more tokens than there are bytes, and keeps to the limit', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.record({
          text: fc.oneof(
            fc.string({ unit: 'grapheme', maxLength: 200 }),
            fc.constantFrom('a'.repeat(400_000), '漢'.repeat(150_000)),
          ),
          limit: fc.integer({ min: 16, max: 64_000 }),
          mark: fc.constantFrom(undefined, '5m' as const, '1h' as const),
          tier: fc.constantFrom(undefined, 'batch', 'priority', 'flex'),
        }),
        fc.array(share, { minLength: 8, maxLength: 8 }),
        ([model, dialect], { text, limit, mark, tier }, shares) => {
          const target = targetOf(model, dialect)
          const field = dialect === 'gemini' ? 'serviceTier' : 'service_tier'
          const request = asking(text, {
            maxOutputTokens: limit,
            ...(mark && { cache: { ttl: mark } }),
            ...(tier && { extensions: { [dialect]: { [field]: tier } } }),
          })
          const worst = books.worstCase(target, request)
          if (worst.type === 'unbounded') return
          const isAnthropic = dialect === 'anthropic-messages'
          const written = isAnthropic
            ? mark === '1h'
              ? (['cacheWrite1h', 'cacheWrite5m'] as const)
              : mark
                ? (['cacheWrite5m'] as const)
                : []
            : dialect === 'openai-responses'
              ? (['cacheWriteOther'] as const)
              : []
          const { contextTokens = Number.POSITIVE_INFINITY } = capabilitiesOf(modelOf(target))
          const input = Math.floor(Math.min(Buffer.byteLength(text), contextTokens) * (shares[0] ?? 1))
          const output = Math.floor(limit * (shares[1] ?? 1))
          const usage: Usage = {
            ...noUsage,
            ...spread(input, ['cacheRead', ...written, 'inputUncached'], shares.slice(2, 5)),
            ...spread(output, ['outputReasoning', 'outputText'], shares.slice(5)),
            raw: {},
            ...(tier && { serviceTier: tier }),
          }
          const { nanoUsd } = books.price(target, usage)
          if (nanoUsd !== null) expect(nanoUsd).toBeLessThanOrEqual(worst.nanoUsd)
        },
      ),
    )
  })

  it('counts each answer that is asked for', () => {
    const target = targetOf('gpt-5.4')
    const one = most(target, asking('Hi', { maxOutputTokens: 1_000 }))
    const four = most(target, asking('Hi', { maxOutputTokens: 1_000, extensions: { 'openai-chat': { n: 4 } } }))
    expect(four - one).toBeGreaterThanOrEqual(3 * 1_000 * 15_000)
  })

  it("counts the client's own bytes where the target gets them, with fields that nobody knows", () => {
    const target = targetOf('gpt-5.4')
    const body = JSON.stringify({ model: 'x', messages: [], unheard_of: 'x'.repeat(10_000) })
    const wire = { dialect: 'openai-chat', body, headers: {} } as const
    const worst = books.worstCase(target, asking('Hi'), wire)
    expect(worst).toMatchObject({ type: 'bounded' })
    expect(worst.type === 'bounded' && worst.nanoUsd).toBeGreaterThan(10_000 * 2_500)
  })

  it('takes the whole context window for what the prompt names and does not hold', () => {
    const source = { type: 'url', url: 'https://example.com/a.pdf' } as const
    const request = asking('', { messages: [{ role: 'user', content: [{ type: 'document', source }] }] })
    expect(most(targetOf('claude-haiku-4-5', 'anthropic-messages'), request)).toBe(200_000 * 1_000 + 100 * 5_000)
  })

  it('counts the calls of a tool of the provider, and what they bring, where they are limited', () => {
    const target = targetOf('claude-haiku-4-5', 'anthropic-messages')
    const tool = (value: Record<string, string | number>) =>
      asking('Hi', { providerTools: [{ dialect: 'anthropic-messages', value }] })
    const search = { type: 'web_search_20260318', name: 'web_search' }
    expect(most(target, tool({ ...search, max_uses: 2 }))).toBeGreaterThanOrEqual(2 * 10_000_000 + 3 * 200_000 * 1_000)
    expect(why(target, tool(search))).toBe('nothing bounds how often the provider calls `web_search_20260318`')
    expect(why(target, tool({ type: 'bash_20250124', name: 'bash' }))).toBe('bounded')
  })

  it('is not known without a price, an output limit, or a price of the tier', () => {
    expect(why(targetOf('unheard-of'), asking('Hi'))).toBe('nobody knows its price')
    expect(why(targetOf('gpt-5.4'), asking('Hi', { maxOutputTokens: undefined }))).toBe('nothing limits its output')
    const scale = asking('Hi', { extensions: { 'openai-chat': { service_tier: 'scale' } } })
    expect(why(targetOf('gpt-5.4'), scale)).toBe('nobody knows what its service tier "scale" costs')
    expect(
      why(targetOf('gpt-5.4'), asking('Hi', { extensions: { 'openai-chat': { web_search_options: {} } } })),
    ).toMatch(/more than answer/)
  })

  it("takes the model's own output limit where there is no other", () => {
    const target = targetOf('claude-haiku-4-5', 'anthropic-messages')
    expect(most(target, asking('Hi', { maxOutputTokens: undefined }))).toBeGreaterThanOrEqual(64_000 * 5_000)
  })

  it('is taken from the ceiling where the model has no price, and so is its cost', () => {
    const capped = createBooks({ unpricedAt: { input: 10, output: 20 } })
    const target = targetOf('unheard-of')
    expect(capped.worstCase(target, asking('Hi'))).toMatchObject({ type: 'bounded' })
    expect(capped.price(target, { ...noUsage, inputUncached: 1_000, outputText: 10 })).toMatchObject({
      nanoUsd: 10_200_000,
      status: 'estimated',
    })
  })
})
