import { describe, expect, it } from 'vitest'
import { serviceTier } from '../core/service-tier.ts'
import { decodeUsage as anthropic } from './anthropic-messages/usage.ts'
import { decodeReply as bedrock } from './bedrock-converse/reply.ts'
import { decodeUsage as gemini } from './gemini/usage.ts'
import { decodeReply as chat } from './openai-chat/reply.ts'
import { decodeStream } from './openai-chat/stream.ts'
import { decodeUsage as responses } from './openai-responses/usage.ts'

const context = { target: 'openai/gpt', quirks: {} }
const chatUsage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

describe('the service tier of an answer', () => {
  it('is read where each dialect says it', () => {
    const claude = { input_tokens: 1, output_tokens: 1 }
    expect(anthropic({ ...claude, service_tier: 'batch' })).toMatchObject({ serviceTier: 'batch' })
    expect(anthropic({ ...claude, service_tier: 'standard', speed: 'fast', inference_geo: 'us' })).toMatchObject({
      serviceTier: 'fast',
      inferenceGeo: 'us',
    })
    const answer = { message: { role: 'assistant', content: 'x' }, finish_reason: 'stop', index: 0 }
    expect(chat({ choices: [answer], usage: chatUsage, service_tier: 'flex' }, context).usage?.serviceTier).toBe('flex')
    expect(responses({ usage: { input_tokens: 1, output_tokens: 1 }, service_tier: 'priority' })?.serviceTier).toBe(
      'priority',
    )
    expect(gemini({ promptTokenCount: 1, trafficType: 'ON_DEMAND_FLEX' })?.serviceTier).toBe('flex')
    expect(gemini({ promptTokenCount: 1, serviceTier: 'PRIORITY' })?.serviceTier).toBe('priority')
    expect(gemini({ promptTokenCount: 1, trafficType: 'PROVISIONED_THROUGHPUT' })?.serviceTier).toBe(
      'provisioned_throughput',
    )
    const converse = {
      output: { message: { role: 'assistant', content: [{ text: 'x' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 1, outputTokens: 1 },
      serviceTier: { type: 'reserved' },
    }
    expect(bedrock(converse, context).usage?.serviceTier).toBe('reserved')
  })

  it('is absent for the standard one, whatever it is called', () => {
    for (const word of ['auto', 'default', 'standard', 'on_demand', 'ON_DEMAND', null, undefined, '', 7])
      expect(serviceTier(word)).toEqual({})
    expect(anthropic({ input_tokens: 1, output_tokens: 1, inference_geo: 'not_available' })).not.toHaveProperty(
      'inferenceGeo',
    )
  })

  it('is known of a stream whichever of its frames said it', () => {
    const decoder = decodeStream(context)
    const frame = (value: object) =>
      decoder.push({ event: 'message', data: JSON.stringify(value), raw: new Uint8Array() })
    frame({ choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop' }], service_tier: 'flex' })
    frame({ choices: [], usage: chatUsage })
    expect(decoder.usage?.serviceTier).toBe('flex')
  })
})
