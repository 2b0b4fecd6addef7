import type { Dialect } from '../core/dialect.ts'
import type { Quirks } from '../wire/codec.ts'

/** How a host may want to see a key: as `authorization: Bearer`, or in a header of its own. */
export const keyHeaders = ['bearer', 'x-api-key', 'x-goog-api-key', 'api-key'] as const

/** How a host wants to see its credential: a key, a token of Google's or a signature of AWS that is made as it is needed, or nothing. */
export type Auth = (typeof keyHeaders)[number] | 'google' | 'aws' | 'none'

/** What is known of a provider host, so that a configuration need not say it. */
export interface CatalogueEntry {
  /** The `kind` in the configuration, and the provider's name where nothing else is said. */
  readonly name: string
  /** What people call it. */
  readonly title: string
  readonly dialect: Dialect
  /** Another dialect that it speaks at the same address, for those who ask for it. */
  readonly alsoSpeaks?: Dialect
  /** The base URL, without a trailing slash; the dialect's path goes below it. Empty where only the operator or its kind knows it. */
  readonly url: string
  readonly auth: Auth
  /** The environment variables that may hold its key; the first one that is set counts. */
  readonly envKey: readonly string[]
  /** Sent where the operator gives no key: the host wants one, and takes any. */
  readonly anyKey?: string
  readonly quirks: Quirks
  /** Model ids that lead to this provider when they are named alone. Empty: `provider/model` is needed. */
  readonly models: readonly string[]
}

/**
 * The hosts that Inseam knows by name. Ids as the official SDKs declare them (November 2026); models that speak only the
 * Responses API are left out. A configuration overrides any of it.
 */
export const catalogue: readonly CatalogueEntry[] = [
  {
    name: 'anthropic',
    title: 'Anthropic',
    dialect: 'anthropic-messages',
    url: 'https://api.anthropic.com/v1',
    auth: 'x-api-key',
    envKey: ['ANTHROPIC_API_KEY'],
    // Its SDK's message types know no sampling parameter any more; current models answer 400 to one.
    quirks: { rejectsSampling: true, cacheDiagnostics: true },
    models: [
      'claude-fable-5-2',
      'claude-mythos-5-2',
      'claude-haiku-5-5',
      'claude-sonnet-5-5',
      'claude-opus-5-5',
      'claude-fable-5-1',
      'claude-mythos-5-1',
      'claude-sonnet-5',
      'claude-fable-5',
      'claude-mythos-5',
      'claude-opus-5',
      'claude-opus-4-8',
      'claude-opus-4-7',
      'claude-opus-4-6',
      'claude-opus-4-5',
      'claude-sonnet-4-6',
      'claude-sonnet-4-5',
      'claude-haiku-4-5',
      'claude-mythos-preview',
    ],
  },
  {
    name: 'openai',
    title: 'OpenAI',
    dialect: 'openai-chat',
    alsoSpeaks: 'openai-responses',
    url: 'https://api.openai.com/v1',
    auth: 'bearer',
    envKey: ['OPENAI_API_KEY'],
    // `max_tokens` is deprecated here and refused by the reasoning models, whose system role is `developer`.
    quirks: { maxTokensField: 'max_completion_tokens', developerRole: true, cacheDiagnostics: true },
    models: [
      'gpt-6-astra',
      'gpt-6.1-sol',
      'gpt-6.1-terra',
      'gpt-6-sol',
      'gpt-6-luna',
      'gpt-6-cyber',
      'gpt-6-rosalind',
      'gpt-5.6-sol',
      'gpt-5.6-terra',
      'gpt-5.6-luna',
      'gpt-5.5',
      'gpt-5.5-2026-04-23',
      'gpt-5.4',
      'gpt-5.4-mini',
      'gpt-5.4-nano',
      'gpt-5.3-chat-latest',
      'gpt-5.2',
      'gpt-5.1',
      'gpt-5',
      'gpt-5-mini',
      'gpt-5-nano',
      'gpt-4.1',
      'gpt-4.1-mini',
      'gpt-4.1-nano',
      'gpt-4o',
      'gpt-4o-mini',
      'o3',
      'o4-mini',
    ],
  },
  {
    name: 'google',
    title: 'Google Gemini',
    dialect: 'gemini',
    url: 'https://generativelanguage.googleapis.com/v1beta',
    auth: 'x-goog-api-key',
    envKey: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    quirks: {},
    models: [
      'gemini-3.8-flash',
      'gemini-3.7-flash',
      'gemini-3.6-flash',
      'gemini-3.5-flash',
      'gemini-3.5-flash-lite',
      'gemini-3.1-pro-preview',
      'gemini-3.1-flash-lite',
      'gemini-3-flash-preview',
      'gemini-4-argon',
      'gemini-4-carbon',
      'gemini-2.5-pro',
      'gemini-2.5-flash',
      'gemini-2.5-flash-lite',
    ],
  },
  {
    name: 'azure',
    title: 'Azure OpenAI',
    dialect: 'openai-chat',
    alsoSpeaks: 'openai-responses',
    url: '',
    auth: 'api-key',
    envKey: ['AZURE_OPENAI_API_KEY'],
    quirks: { maxTokensField: 'max_completion_tokens', developerRole: true },
    models: [],
  },
  {
    name: 'bedrock',
    title: 'Amazon Bedrock',
    dialect: 'bedrock-converse',
    url: '',
    auth: 'aws',
    envKey: ['AWS_BEARER_TOKEN_BEDROCK'],
    quirks: {},
    models: [],
  },
  {
    name: 'vertex',
    title: 'Gemini on Vertex AI',
    dialect: 'gemini',
    url: '',
    auth: 'google',
    envKey: [],
    quirks: {},
    models: [],
  },
  {
    name: 'vertex-anthropic',
    title: 'Claude on Vertex AI',
    dialect: 'anthropic-messages',
    url: '',
    auth: 'google',
    envKey: [],
    // "output_config: Extra inputs are not permitted" (anthropics/claude-code#37746, March 2026).
    quirks: { rejectsSampling: true, structuredOutput: 'tool' },
    models: [],
  },
  chatHost('ollama', 'Ollama', 'http://127.0.0.1:11434/v1', []),
  chatHost('llamacpp', 'llama.cpp server', 'http://127.0.0.1:8080/v1', []),
  chatHost('vllm', 'vLLM', 'http://127.0.0.1:8000/v1', []),
  chatHost('lmstudio', 'LM Studio', 'http://127.0.0.1:1234/v1', []),
  chatHost('groq', 'Groq', 'https://api.groq.com/openai/v1', ['GROQ_API_KEY'], {
    // Its reference calls `max_tokens` deprecated.
    maxTokensField: 'max_completion_tokens',
  }),
  chatHost('mistral', 'Mistral', 'https://api.mistral.ai/v1', ['MISTRAL_API_KEY'], {
    // 422 `extra_forbidden` for `stream_options.include_usage`; usage comes in the last chunk by itself.
    streamUsage: 'unasked',
  }),
  chatHost('deepseek', 'DeepSeek', 'https://api.deepseek.com/v1', ['DEEPSEEK_API_KEY'], {
    // 400 "This response_format type is unavailable now" for `json_schema`.
    structuredOutput: 'json_object',
  }),
  chatHost('xai', 'xAI', 'https://api.x.ai/v1', ['XAI_API_KEY'], {
    // Its reference calls `max_tokens` deprecated.
    maxTokensField: 'max_completion_tokens',
  }),
  chatHost('openrouter', 'OpenRouter', 'https://openrouter.ai/api/v1', ['OPENROUTER_API_KEY']),
  chatHost('together', 'Together AI', 'https://api.together.xyz/v1', ['TOGETHER_API_KEY']),
  chatHost('fireworks', 'Fireworks AI', 'https://api.fireworks.ai/inference/v1', ['FIREWORKS_API_KEY']),
  { ...chatHost('simulator', "Inseam's simulator", '', []), anyKey: 'simulated' },
]

/** The entry of that name, if the catalogue has it. */
export function findInCatalogue(name: string): CatalogueEntry | undefined {
  return catalogue.find((entry) => entry.name === name)
}

function chatHost(
  name: string,
  title: string,
  url: string,
  envKey: readonly string[],
  quirks: Quirks = {},
): CatalogueEntry {
  const auth = envKey.length > 0 ? 'bearer' : 'none'
  return { name, title, dialect: 'openai-chat', url, auth, envKey, quirks, models: [] }
}
