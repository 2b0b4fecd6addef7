import type { Effort, ModelCapabilities, ThinkingMode } from '../core/capabilities.ts'
import type { ClientDialect } from '../core/dialect.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { ModelListing } from '../core/pipeline.ts'

/**
 * One model as a dialect shows it, in the dialect's own words, and beside them as `inseam` all that is known. A word of the dialect
 * that wants yes or no says yes only where it is known of every target.
 */
export function describeModel(model: ModelListing, dialect: ClientDialect, since: number): JsonObject {
  const { id, ownedBy, targets, capabilities, prices } = model
  const known = { ...capabilities } as JsonObject
  const own = { targets, inseam: { capabilities: known, prices: prices.map((price) => ({ ...price })) } }
  if (dialect === 'gemini') return { ...inGoogleWords(id, capabilities), ...own }
  if (dialect === 'anthropic-messages') return { ...inAnthropicWords(id, capabilities, since), ...own }
  return { id, object: 'model', created: Math.floor(since / 1000), owned_by: ownedBy, ...own }
}

function inGoogleWords(
  id: string,
  { contextTokens, maxOutputTokens, thinking, embeds }: ModelCapabilities,
): JsonObject {
  return {
    name: `models/${id}`,
    displayName: id,
    ...(contextTokens !== undefined && { inputTokenLimit: contextTokens }),
    ...(maxOutputTokens !== undefined && { outputTokenLimit: maxOutputTokens }),
    supportedGenerationMethods: embeds ? embeddingMethods : answeringMethods,
    ...(thinking !== undefined && { thinking }),
  }
}

const embeddingMethods = ['embedContent', 'batchEmbedContents'] as const
const answeringMethods = ['generateContent', 'streamGenerateContent', 'countTokens'] as const

/** As `ModelInfo` of `@anthropic-ai/sdk` 1.12 has it. */
function inAnthropicWords(id: string, capabilities: ModelCapabilities, since: number): JsonObject {
  const { contextTokens = null, maxOutputTokens = null } = capabilities
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: new Date(since).toISOString(),
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
    line: null,
    max_input_tokens: contextTokens,
    max_tokens: maxOutputTokens,
    capabilities: abilitiesOf(capabilities),
  }
}

/**
 * Null where nothing is known that it has a word for. The provider's own tools, batches, citations and context management are promised
 * for no model: other dialects do not have them.
 */
function abilitiesOf(can: ModelCapabilities): JsonObject | null {
  const { imageInput, pdfInput, structuredOutput, thinking, thinkingModes = [], efforts = [] } = can
  const known = [imageInput, pdfInput, structuredOutput, thinking, can.thinkingModes, can.efforts]
  if (known.every((value) => value === undefined)) return null
  const takes = (effort: Effort) => support(efforts.includes(effort))
  const thinks = (mode: ThinkingMode) => support(thinkingModes.includes(mode))
  return {
    batch: support(false),
    citations: support(false),
    code_execution: support(false),
    context_management: {
      supported: false,
      clear_thinking_20251015: support(false),
      clear_tool_uses_20250919: support(false),
      compact_20260112: support(false),
    },
    effort: {
      supported: efforts.length > 0,
      low: takes('low'),
      medium: takes('medium'),
      high: takes('high'),
      xhigh: takes('xhigh'),
      max: takes('max'),
    },
    image_input: support(imageInput),
    pdf_input: support(pdfInput),
    server_tools: { supported: false, code_execution: support(false), web_search: support(false) },
    structured_outputs: support(structuredOutput),
    thinking: {
      supported: thinking ?? false,
      types: {
        adaptive: thinks('adaptive'),
        between_tools: thinks('between-tools'),
        disabled: thinks('off'),
        enabled: thinks('budget'),
      },
    },
  }
}

const support = (supported = false): JsonValue => ({ supported })
