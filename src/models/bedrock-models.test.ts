import { describe, expect, it } from 'vitest'
import type { Target } from '../core/target.ts'
import { noUsage } from '../core/usage.ts'
import { createBooks } from './books.ts'
import { capabilitiesOf } from './capabilities-of.ts'
import { findModel } from './known-models.ts'
import { modelOfArn } from './model-of-arn.ts'

const million = { ...noUsage, inputUncached: 1_000_000, outputText: 1_000_000, raw: {} }
const books = createBooks()
const asked = (model: string, more: Partial<Target> = {}): Target => ({
  name: `bedrock/${model}`,
  provider: 'bedrock',
  model,
  dialect: 'bedrock-converse',
  credential: 'default',
  weight: 1,
  ...more,
})
/** What a million tokens in and a million out cost, in USD. */
const costOf = (model: string, more: Partial<Target> = {}) => {
  const { nanoUsd } = books.price(asked(model, more), million)
  return nanoUsd === null ? 'unpriced' : nanoUsd / 1e9
}

describe('what Bedrock charges', () => {
  it('is a tenth more in a geography or a region than everywhere, and a fifth more in GovCloud', () => {
    expect(costOf('global.anthropic.claude-sonnet-5')).toBe(12)
    for (const prefix of ['', 'us.', 'eu.', 'jp.', 'au.', 'apac.']) {
      expect(costOf(`${prefix}anthropic.claude-sonnet-5`), prefix).toBe(13.2)
    }
    expect(costOf('us-gov.anthropic.claude-sonnet-5')).toBe(14.4)
  })

  it('is the cache, too, at what each costs', () => {
    expect(findModel('us.anthropic.claude-haiku-4-5-20251001-v1:0')?.prices).toMatchObject([
      { input: 1.1, cacheRead: 0.11, cacheWrite5m: 1.375, cacheWrite1h: 2.2, output: 5.5 },
    ])
    expect(findModel('global.anthropic.claude-opus-5-5')?.prices).toMatchObject([
      { input: 4, cacheRead: 0.2, cacheWrite5m: 5, cacheWrite1h: 8, output: 20 },
    ])
  })

  it('is the same everywhere for a Claude from before', () => {
    const id = 'anthropic.claude-sonnet-4-20250514-v1:0'
    expect([id, `us.${id}`, `global.${id}`].map((name) => costOf(name))).toEqual([18, 18, 18])
  })

  it('holds for other models in the regions that it was listed for', () => {
    expect(costOf('amazon.nova-pro-v1:0', { region: 'us-west-2' })).toBe(4)
    expect(costOf('us.amazon.nova-pro-v1:0', { region: 'us-west-2' })).toBe(4)
    expect(costOf('eu.amazon.nova-pro-v1:0', { region: 'eu-central-1' })).toBe(5.25)
    expect(costOf('amazon.nova-pro-v1:0', { region: 'eu-central-1' })).toBe('unpriced')
    expect(costOf('openai.gpt-oss-120b-1:0', { region: 'us-gov-west-1' })).toBe('unpriced')
    expect(costOf('anthropic.claude-sonnet-5', { region: 'eu-central-1' })).toBe(13.2)
    expect(costOf('anthropic.claude-sonnet-5', { region: 'us-gov-west-1' })).toBe('unpriced')
  })

  it.each([
    'us.anthropic.claude-sonnet-5-v1:0',
    'ca.anthropic.claude-sonnet-5',
    'anthropic.claude-haiku-4-5',
    'eu.meta.llama3-3-70b-instruct-v1:0',
    'us.us.anthropic.claude-sonnet-5',
    'amazon.titan-embed-text',
  ])('is known for exact ids only: not for %s', (model) => {
    expect(costOf(model)).toBe('unpriced')
    expect(capabilitiesOf(model)).toEqual({})
  })
})

it('knows the abilities of a model under whichever prefix it is asked', () => {
  const own = capabilitiesOf('claude-haiku-4-5')
  expect(capabilitiesOf('eu.anthropic.claude-haiku-4-5-20251001-v1:0')).toEqual(own)
  expect(capabilitiesOf('us.amazon.nova-lite-v1:0')).toMatchObject({ imageInput: true, structuredOutput: false })
  expect(capabilitiesOf('us.cohere.embed-v4:0')).toMatchObject({ embeds: true, embeddingDimensions: 1536 })
})

describe('an ARN', () => {
  it.each([
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
    [
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-5',
      'us.anthropic.claude-sonnet-5',
    ],
    ['arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
    ['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3', null],
    ['arn:aws:bedrock:us-east-1:123456789012:provisioned-model/a1b2c3', null],
    ['arn:aws:sagemaker:us-east-1:123456789012:endpoint/amazon.nova-pro-v1:0', null],
    ['us.anthropic.claude-sonnet-5', undefined],
  ])('%s stands for %s', (arn, model) => {
    expect(modelOfArn(arn)).toBe(model)
  })
})
