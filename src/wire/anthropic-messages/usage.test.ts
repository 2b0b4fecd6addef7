import { describe, expect, it } from 'vitest'
import { noUsage, type Usage } from '../../core/usage.ts'
import { decodeUsage, encodeUsage, growUsage } from './usage.ts'

const parts = (usage: Usage | null): object => {
  const { raw: _, source, ...counts } = usage!
  expect(source).toBe('measured')
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
}

describe('decodeUsage', () => {
  it('takes thinking out of the output and keeps the raw object', () => {
    const raw = { input_tokens: 5, output_tokens: 9, output_tokens_details: { thinking_tokens: 4 }, iterations: [] }
    expect(parts(decodeUsage(raw))).toEqual({ inputUncached: 5, outputText: 5, outputReasoning: 4 })
    expect(decodeUsage(raw)?.raw).toEqual(raw)
  })

  it('takes cache writes without a breakdown as five-minute ones', () => {
    const raw = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 7, cache_read_input_tokens: 3 }
    expect(parts(decodeUsage(raw))).toEqual({ cacheWrite5m: 7, cacheRead: 3 })
  })

  it('keeps apart what the breakdown does not explain', () => {
    const cache_creation = { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 2 }
    const raw = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 10, cache_creation }
    expect(parts(decodeUsage(raw))).toEqual({ cacheWrite5m: 1, cacheWrite1h: 2, cacheWriteOther: 7 })
  })

  it('counts calls of server tools by their names', () => {
    const raw = {
      input_tokens: 1,
      output_tokens: 1,
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
    }
    expect(decodeUsage(raw)?.serverToolCalls).toEqual({ web_search: 2 })
  })

  it('counts no detail that is absurd, and no more thinking than output', () => {
    const raw = {
      input_tokens: 2,
      output_tokens: 3,
      cache_read_input_tokens: 1.5,
      output_tokens_details: { thinking_tokens: 8 },
    }
    expect(parts(decodeUsage(raw))).toEqual({ inputUncached: 2, outputReasoning: 3 })
  })

  it.each([
    undefined,
    null,
    'x',
    {},
    { service_tier: 'standard' },
    { output_tokens: 5 },
    { input_tokens: 5 },
    { input_tokens: -5, output_tokens: 5 },
    { input_tokens: 5, output_tokens: 1e300 },
    { input_tokens: '5', output_tokens: 5 },
  ])('leaves %j to an estimate', (raw) => {
    expect(decodeUsage(raw)).toBeNull()
  })
})

describe('growUsage', () => {
  it('takes the last value of each field and sums nothing', () => {
    const usage = growUsage()
    expect(usage.usage).toBeNull()
    usage.take({ input_tokens: 10, cache_read_input_tokens: 4, output_tokens: 1 }, false)
    expect(parts(usage.usage)).toEqual({ inputUncached: 10, cacheRead: 4, outputText: 1 })
    expect(usage.isFinal).toBe(false)
    usage.take({ output_tokens: 20, input_tokens: null }, true)
    expect(usage.isFinal).toBe(true)
    usage.take({ output_tokens: 30, output_tokens_details: { thinking_tokens: 5 } }, true)
    expect(parts(usage.usage)).toEqual({ inputUncached: 10, cacheRead: 4, outputText: 25, outputReasoning: 5 })
    expect(usage.usage?.raw).toEqual({
      input_tokens: 10,
      cache_read_input_tokens: 4,
      output_tokens: 30,
      output_tokens_details: { thinking_tokens: 5 },
    })
  })

  it.each([
    [{ ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 0 }, { cacheWrite5m: 9 }],
    [{ ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 4 }, { cacheWrite1h: 9 }],
    [
      { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 3 },
      { cacheWrite5m: 1, cacheWrite1h: 3, cacheWriteOther: 5 },
    ],
  ])('lets cache writes grow by what was written before: %j', (cache_creation, expected) => {
    const usage = growUsage()
    usage.take({ input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 4, cache_creation }, false)
    usage.take({ output_tokens: 0, cache_creation_input_tokens: 9 }, true)
    expect(parts(usage.usage)).toEqual(expected)
  })
})

it('counts sound and pictures as input and output where the usage came from elsewhere', () => {
  const usage = { ...noUsage, inputUncached: 1, audioIn: 2, imageIn: 3, cacheRead: 4, outputText: 5, audioOut: 6 }
  expect(encodeUsage(usage)).toMatchObject({ input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 11 })
})
