import type { Response } from 'openai/resources/responses/responses'
import { automaticallyKept } from '../books/prompt-cache.ts'
import type { Comparing, Comparison } from '../books/prompt-comparison.ts'
import { totalInput } from '../books/usage.ts'
import type { ReplyMaterial } from '../dialect.ts'
import { asObject, asText } from '../json.ts'
import { itemsOf, segment } from './read.ts'

/** Every response is remembered, stored or not. */
export const responsesComparing: Comparing = {
  wanted({ prompt_cache_options: options }) {
    const id = asText(asObject(options).comparison_response_id)
    return id === '' ? null : id
  },
  answerId: responseId,
  compared(body) {
    const { model, tools, prompt_cache_key: key, service_tier: tier, instructions } = body
    const { format, verbosity } = asObject(body.text)
    return {
      fixed: [
        ['model_changed', model],
        ['prompt_cache_key_changed', key],
        ['service_tier_changed', tier],
        ['tools_changed', tools],
        ['text_format_changed', format],
        ['reasoning_effort_changed', asObject(body.reasoning).effort],
        ['verbosity_changed', verbosity],
        ['input_changed', instructions],
      ],
      growing: { change: 'input_changed', pieces: itemsOf(body.input).map((item) => segment(item).text) },
    }
  },
  keptTokens: (input) => automaticallyKept(totalInput(input)),
}

/** The id of the response that answers a request. */
export function responseId(requestId: string): string {
  return `resp_${requestId.replace(/^req_/, '')}`
}

/** What came of a comparison as a response says it; nothing where none was asked for. */
export function diagnosticsOf({
  comparison,
  input,
}: Pick<ReplyMaterial, 'comparison' | 'input'>): Pick<Response, 'prompt_cache_diagnostics'> {
  return comparison ? { prompt_cache_diagnostics: toldOf(comparison, input.cacheRead) } : {}
}

function toldOf(comparison: Comparison, cacheRead: number): NonNullable<Response['prompt_cache_diagnostics']> {
  switch (comparison.type) {
    case 'changed':
      return {
        type: 'cache_miss',
        reason: comparison.change as 'input_changed',
        cache_missed_tokens: comparison.missedTokens,
        comparison_reusable_tokens: comparison.keptTokens,
      }
    case 'not-found':
      return { type: 'comparison_response_not_found' }
    default:
      // Nothing changed and nothing was read: too short, or too long ago.
      return { type: cacheRead > 0 ? 'cache_hit' : 'unavailable' }
  }
}
