import { isJsonObject } from '../core/json.ts'
import type { ModelRequest } from '../core/request.ts'
import { inferenceGeo, serviceTier } from '../core/service-tier.ts'
import type { Target } from '../core/target.ts'
import type { Usage } from '../core/usage.ts'

/**
 * The service tier and the place that a request asks a target for, as its usage would tell them: what an attempt is priced at whose
 * usage never came, and what its worst case is. Nothing where it asks for neither, or leaves the choice to the provider.
 */
export function tierAsked(
  { extensions }: ModelRequest,
  { dialect }: Pick<Target, 'dialect'>,
): Pick<Usage, 'serviceTier' | 'inferenceGeo'> {
  if (!extensions) return nothing
  switch (dialect) {
    case 'openai-chat':
    case 'openai-responses':
      // One dialect's extension reaches the other: this field is theirs alike.
      return serviceTier(
        (extensions[dialect] ?? extensions['openai-chat'] ?? extensions['openai-responses'])?.service_tier,
      )
    case 'anthropic-messages': {
      const { service_tier: tier, speed, inference_geo: place } = extensions[dialect] ?? {}
      return { ...serviceTier(tier, speed), ...inferenceGeo(place) }
    }
    case 'gemini':
      return serviceTier(extensions[dialect]?.serviceTier)
    case 'bedrock-converse': {
      const tier = extensions[dialect]?.serviceTier
      return isJsonObject(tier) ? serviceTier(tier.type) : nothing
    }
    default:
      return nothing
  }
}

const nothing = {}
