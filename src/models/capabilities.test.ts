import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelCapabilities } from '../core/capabilities.ts'
import { allCan } from './all-can.ts'
import { anthropicCapabilities } from './anthropic-capabilities.ts'
import { capabilitiesOf } from './capabilities-of.ts'
import { googleCapabilities } from './google-capabilities.ts'
import { findModel } from './known-models.ts'
import { openaiCapabilities } from './openai-capabilities.ts'

describe('capabilitiesOf', () => {
  it('gives limits and abilities by exact id and by listed alias, and nothing for any other name', () => {
    const known = capabilitiesOf('claude-haiku-4-5')
    expect(known).toMatchObject({ contextTokens: 200_000, maxOutputTokens: 64_000, imageInput: true, efforts: [] })
    expect(capabilitiesOf('claude-haiku-4-5-20251001')).toEqual(known)
    expect(capabilitiesOf('claude-haiku-4-5-2')).toEqual({})
    expect(capabilitiesOf('constructor')).toEqual({})
    expect(capabilitiesOf('sim-small+stall@2')).toEqual(capabilitiesOf('sim-small'))
  })

  it('leaves out what is not known', () => {
    expect(capabilitiesOf('gpt-5.4')).not.toHaveProperty('maxOutputTokens')
    expect(capabilitiesOf('gpt-5.4')).not.toHaveProperty('pdfInput')
    expect(capabilitiesOf('gemini-4-argon')).not.toHaveProperty('promptCaching')
  })

  it('knows which models embed', () => {
    expect(capabilitiesOf('text-embedding-3-small')).toMatchObject({ embeds: true, embeddingDimensions: 1536 })
    expect(capabilitiesOf('gpt-5.4')).toMatchObject({ embeds: false })
  })

  it('says of a model that thinks in which way it is asked to, and of no other', () => {
    for (const table of [anthropicCapabilities, openaiCapabilities, googleCapabilities]) {
      for (const [id, { thinking, efforts, thinkingModes, embeddingDimensions }] of Object.entries(table)) {
        if (thinking === false) expect(efforts, id).toEqual([])
        if (thinkingModes) expect(thinking, id).toBe(true)
        if (embeddingDimensions !== undefined) expect(findModel(id)?.embeds, id).toBe(true)
      }
    }
  })
})

describe('allCan', () => {
  const effort = fc.constantFrom('low' as const, 'high' as const, 'max' as const)
  const capabilities: fc.Arbitrary<ModelCapabilities> = fc.record(
    {
      contextTokens: fc.nat(),
      imageInput: fc.boolean(),
      tools: fc.boolean(),
      efforts: fc.uniqueArray(effort),
      embeddingDimensions: fc.constantFrom(256, 1536),
    },
    { requiredKeys: [] },
  )

  it('promises nothing that one of them cannot do, and nothing that is not known of each', () => {
    fc.assert(
      fc.property(fc.array(capabilities, { minLength: 1 }), (models) => {
        const all = allCan(models)
        for (const model of models) {
          if (all.contextTokens !== undefined) expect(model.contextTokens).toBeGreaterThanOrEqual(all.contextTokens)
          if (all.imageInput) expect(model.imageInput).toBe(true)
          for (const one of all.efforts ?? []) expect(model.efforts).toContain(one)
          if (all.embeddingDimensions) expect(model.embeddingDimensions).toBe(all.embeddingDimensions)
        }
        expect(all.tools === false).toBe(models.some(({ tools }) => tools === false))
        expect(allCan([...models].reverse())).toEqual({
          ...all,
          ...(all.efforts && { efforts: expect.arrayContaining([...all.efforts]) }),
        })
      }),
    )
  })

  it('knows nothing of none, and of one all that is known', () => {
    expect(allCan([])).toEqual({})
    const one = capabilitiesOf('claude-opus-5-5')
    expect(allCan([one])).toEqual(one)
    expect(allCan([one, one])).toEqual(one)
  })
})
