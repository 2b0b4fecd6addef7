import type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/beta/messages/messages'
import type { GenerateContentConfig, GenerationConfig } from '@google/genai'
import type { ResponseCreateParamsNonStreaming as BetaResponseCreateParams } from 'openai/resources/beta/responses/responses'
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions/completions'
import type { ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses'
import { expect, it } from 'vitest'
import type { ClientDialect } from '../src/core/dialect.ts'
import type { JsonObject } from '../src/core/json.ts'
import { createBooks } from '../src/models/books.ts'
import { codecs } from '../src/wire/codecs.ts'

/**
 * What a field of a request does to the cost of its answer. An upgrade of an official client that brings a field fails to compile here
 * until somebody has said what the field costs.
 */
type Effect =
  /** It is input, and its bytes count as that. */
  | 'said'
  /** Its value is read for the worst case: limits, answers, tools, tiers, ways to think. */
  | 'read'
  /** It changes nothing that is billed beyond the output limit. */
  | 'nothing'
  /** It adds what the provider holds: the whole context window counts. */
  | { readonly opens: JsonObject }
  /** Nobody can tell what it costs. */
  | { readonly refused: JsonObject }

const chat = {
  messages: 'said',
  model: 'read',
  audio: 'read',
  frequency_penalty: 'nothing',
  function_call: 'nothing',
  functions: 'said',
  logit_bias: 'said',
  logprobs: 'nothing',
  max_completion_tokens: 'read',
  max_tokens: 'read',
  metadata: 'nothing',
  modalities: 'read',
  moderation: 'nothing',
  n: 'read',
  parallel_tool_calls: 'nothing',
  prediction: 'read',
  presence_penalty: 'nothing',
  prompt_cache_key: 'nothing',
  prompt_cache_options: 'nothing',
  prompt_cache_retention: 'nothing',
  reasoning_effort: 'nothing',
  response_format: 'said',
  safety_identifier: 'nothing',
  seed: 'nothing',
  service_tier: 'read',
  stop: 'nothing',
  store: 'nothing',
  stream: 'nothing',
  stream_options: 'nothing',
  temperature: 'nothing',
  tool_choice: 'said',
  tools: 'read',
  top_logprobs: 'nothing',
  top_p: 'nothing',
  user: 'nothing',
  verbosity: 'nothing',
  web_search_options: { refused: { web_search_options: {} } },
} satisfies Record<keyof ChatCompletionCreateParamsNonStreaming, Effect>

const responses = {
  access_programs: 'nothing',
  // What runs on is paid for, and no usage comes: it counts at its worst case.
  background: 'nothing',
  context_management: { refused: { context_management: [{ type: 'compaction', compact_threshold: 1_000 }] } },
  conversation: { opens: { conversation: 'conv_1' } },
  image: 'nothing',
  include: 'nothing',
  input: 'said',
  instructions: 'said',
  max_output_tokens: 'read',
  max_tool_calls: 'read',
  metadata: 'nothing',
  model: 'read',
  moderation: 'nothing',
  multi_agent: { refused: { multi_agent: { enabled: true } } },
  betas: 'nothing',
  parallel_tool_calls: 'nothing',
  previous_response_id: { opens: { previous_response_id: 'resp_1' } },
  prompt: { refused: { prompt: { id: 'pmpt_1' } } },
  prompt_cache_key: 'nothing',
  prompt_cache_options: 'nothing',
  prompt_cache_retention: 'nothing',
  reasoning: { refused: { reasoning: { mode: 'pro' } } },
  safety_identifier: 'nothing',
  service_tier: 'read',
  store: 'nothing',
  stream: 'nothing',
  stream_options: 'nothing',
  temperature: 'nothing',
  text: 'said',
  tool_choice: 'said',
  tools: { refused: { tools: [{ type: 'web_search' }] } },
  top_logprobs: 'nothing',
  top_p: 'nothing',
  truncation: 'nothing',
  user: 'nothing',
} satisfies Record<keyof ResponseCreateParamsNonStreaming | keyof BetaResponseCreateParams, Effect>

const messages = {
  max_tokens: 'read',
  messages: 'said',
  model: 'read',
  betas: 'nothing',
  billing_policy: 'nothing',
  cache_control: 'read',
  compaction: { refused: { compaction: { type: 'enabled' } } },
  container: { opens: { container: 'container_1' } },
  context_management: { refused: { context_management: { edits: [{ type: 'compact_20260112' }] } } },
  diagnostics: 'nothing',
  fallback_credit_token: 'nothing',
  fallbacks: { refused: { fallbacks: 'default' } },
  inference_geo: 'read',
  mcp_servers: { refused: { mcp_servers: [{ type: 'url', url: 'https://a.example', name: 'a' }] } },
  metadata: 'nothing',
  output_config: 'said',
  output_format: 'said',
  service_tier: 'read',
  speed: 'read',
  stop_sequences: 'nothing',
  stream: 'nothing',
  system: 'said',
  thinking: 'nothing',
  thread: { opens: { thread: { id: 'thread_1' } } },
  tool_choice: 'said',
  tools: { refused: { tools: [{ type: 'web_search_20260318', name: 'web_search' }] } },
  user_profile_id: 'nothing',
  workspace_id: 'nothing',
} satisfies Record<keyof MessageCreateParamsNonStreaming, Effect>

const gemini = {
  abortSignal: 'nothing',
  audioTimestamp: 'nothing',
  audioTranscriptionConfig: 'nothing',
  automaticContinuation: 'nothing',
  automaticFunctionCalling: 'nothing',
  cachedContent: { opens: { cachedContent: 'cachedContents/1' } },
  candidateCount: 'read',
  continuationToken: { opens: { continuationToken: 'token' } },
  enableAffectiveDialog: 'nothing',
  enableEnhancedCivicAnswers: 'nothing',
  frequencyPenalty: 'nothing',
  generationOutputConfig: 'nothing',
  httpOptions: 'nothing',
  imageConfig: 'nothing',
  labels: 'nothing',
  logprobs: 'nothing',
  maxOutputTokens: 'read',
  mediaResolution: 'nothing',
  modelArmorConfig: 'nothing',
  modelSelectionConfig: { refused: { generationConfig: { modelSelectionConfig: {} } } },
  presencePenalty: 'nothing',
  responseFormat: 'said',
  responseJsonSchema: 'said',
  responseLogprobs: 'nothing',
  responseMimeType: 'nothing',
  responseModalities: 'read',
  responseSchema: 'said',
  routingConfig: { refused: { generationConfig: { routingConfig: { autoMode: {} } } } },
  safetySettings: 'nothing',
  seed: 'nothing',
  serviceTier: 'read',
  speechConfig: 'nothing',
  stopSequences: 'nothing',
  store: 'nothing',
  systemInstruction: 'said',
  temperature: 'nothing',
  thinkingConfig: 'nothing',
  toolConfig: 'said',
  tools: { refused: { tools: [{ googleSearch: {} }] } },
  topK: 'nothing',
  topP: 'nothing',
  translationConfig: 'nothing',
} satisfies Record<keyof GenerateContentConfig | keyof GenerationConfig, Effect>

const plain: Readonly<Record<ClientDialect, JsonObject>> = {
  'openai-chat': { messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 100 },
  'openai-responses': { input: 'Hi', max_output_tokens: 100 },
  'anthropic-messages': { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 100 },
  gemini: { contents: [{ parts: [{ text: 'Hi' }] }], generationConfig: { maxOutputTokens: 100 } },
}
const models = {
  'openai-chat': 'gpt-5.4',
  'openai-responses': 'gpt-6-sol',
  'anthropic-messages': 'claude-opus-5-5',
  gemini: 'gemini-3.1-pro-preview',
} as const
const books = createBooks({ date: () => Date.UTC(2026, 10, 24) })

function worstCase(dialect: ClientDialect, more: JsonObject) {
  const said = plain[dialect]
  const body = { ...said, ...more }
  const model = models[dialect]
  // Every model of these has a window, and takes this one where the book knows none.
  const target = {
    name: `lab/${model}`,
    provider: 'lab',
    model,
    dialect,
    credential: 'main',
    weight: 1,
    contextTokens: 200_000,
  }
  return books.worstCase(target, codecs[dialect].decodeRequest(body), {
    dialect,
    body: JSON.stringify(body),
    headers: {},
  })
}

const fields = Object.entries({
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': messages,
  gemini,
})
const effects = fields.flatMap(([dialect, each]) =>
  Object.entries(each).flatMap(([name, effect]: [string, Effect]) =>
    typeof effect === 'object' ? [{ dialect: dialect as ClientDialect, name, effect }] : [],
  ),
)

it.each(effects)('$dialect: $name is no cost that nobody thought of', ({ dialect, effect }) => {
  const usual = worstCase(dialect, {})
  if (usual.type === 'unbounded') throw new Error(usual.because)
  if ('refused' in effect) {
    expect(worstCase(dialect, effect.refused).type).toBe('unbounded')
    return
  }
  const opened = worstCase(dialect, effect.opens)
  expect(opened.type === 'bounded' && opened.nanoUsd).toBeGreaterThan(usual.nanoUsd * 10)
})
