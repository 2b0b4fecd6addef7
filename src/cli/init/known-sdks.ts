import type { Sdk } from './sdk.ts'

const openaiVariable = (gateway: string) => `OPENAI_BASE_URL=${gateway}/v1`
const anthropicVariable = (gateway: string) => `ANTHROPIC_BASE_URL=${gateway}`

/** The SDKs that `inseam init` knows. Names of options as the SDKs themselves have them (November 2026). */
export const knownSdks: readonly Sdk[] = [
  {
    package: 'openai',
    language: 'JavaScript',
    change: {
      construction: /new OpenAI\(/,
      shape: 'object',
      insert: (gateway) => `baseURL: '${gateway}/v1'`,
      usual: 'new OpenAI()',
    },
    variable: openaiVariable,
  },
  {
    package: '@anthropic-ai/sdk',
    language: 'JavaScript',
    change: {
      construction: /new Anthropic\(/,
      shape: 'object',
      insert: (gateway) => `baseURL: '${gateway}'`,
      usual: 'new Anthropic()',
    },
    variable: anthropicVariable,
  },
  {
    package: '@ai-sdk/openai',
    language: 'JavaScript',
    change: {
      construction: /createOpenAI\(/,
      shape: 'object',
      insert: (gateway) => `baseURL: '${gateway}/v1'`,
      usual: 'createOpenAI()',
    },
    variable: openaiVariable,
    note: "Ask for a chat model: openai.chat('fast').",
  },
  {
    package: '@ai-sdk/anthropic',
    language: 'JavaScript',
    change: {
      construction: /createAnthropic\(/,
      shape: 'object',
      insert: (gateway) => `baseURL: '${gateway}/v1'`,
      usual: 'createAnthropic()',
    },
    variable: (gateway) => `ANTHROPIC_BASE_URL=${gateway}/v1`,
  },
  {
    package: '@ai-sdk/openai-compatible',
    language: 'JavaScript',
    change: {
      construction: /createOpenAICompatible\(/,
      shape: 'object',
      insert: (gateway) => `baseURL: '${gateway}/v1'`,
      usual: "createOpenAICompatible({ name: 'inseam' })",
    },
  },
  {
    package: 'ai',
    language: 'JavaScript',
    unless: /^@ai-sdk\//,
    change: {
      construction: /createOpenAICompatible\(/,
      shape: 'object',
      insert: (gateway) => `baseURL: '${gateway}/v1'`,
      usual: "createOpenAICompatible({ name: 'inseam' })",
    },
    note: 'From @ai-sdk/openai-compatible: give its models to the AI SDK.',
  },
  {
    package: '@langchain/openai',
    language: 'JavaScript',
    change: {
      construction: /new ChatOpenAI\(/,
      shape: 'object',
      insert: (gateway) => `configuration: { baseURL: '${gateway}/v1' }`,
      usual: 'new ChatOpenAI()',
    },
    variable: openaiVariable,
  },
  {
    package: '@langchain/anthropic',
    language: 'JavaScript',
    change: {
      construction: /new ChatAnthropic\(/,
      shape: 'object',
      insert: (gateway) => `anthropicApiUrl: '${gateway}'`,
      usual: 'new ChatAnthropic()',
    },
  },
  {
    package: 'openai',
    language: 'Python',
    change: {
      construction: /\b(?:Async)?OpenAI\(/,
      shape: 'arguments',
      insert: (gateway) => `base_url="${gateway}/v1"`,
      usual: 'OpenAI()',
    },
    variable: openaiVariable,
  },
  {
    package: 'anthropic',
    language: 'Python',
    change: {
      construction: /\b(?:Async)?Anthropic\(/,
      shape: 'arguments',
      insert: (gateway) => `base_url="${gateway}"`,
      usual: 'Anthropic()',
    },
    variable: anthropicVariable,
  },
  {
    package: 'langchain-openai',
    language: 'Python',
    change: {
      construction: /\bChatOpenAI\(/,
      shape: 'arguments',
      insert: (gateway) => `base_url="${gateway}/v1"`,
      usual: 'ChatOpenAI()',
    },
    variable: openaiVariable,
  },
  {
    package: 'langchain-anthropic',
    language: 'Python',
    change: {
      construction: /\bChatAnthropic\(/,
      shape: 'arguments',
      insert: (gateway) => `base_url="${gateway}"`,
      usual: 'ChatAnthropic()',
    },
    variable: anthropicVariable,
  },
  {
    package: 'langchain',
    language: 'Python',
    unless: /^langchain-/,
    change: {
      construction: /\binit_chat_model\(/,
      shape: 'arguments',
      insert: (gateway) => `base_url="${gateway}/v1"`,
      usual: 'init_chat_model()',
    },
    note: 'Name the model openai:fast, so that it speaks OpenAI to that address.',
  },
  {
    package: 'litellm',
    language: 'Python',
    change: {
      construction: /(?:\blitellm\.|\b)a?completion\(/,
      shape: 'arguments',
      insert: (gateway) => `api_base="${gateway}/v1"`,
      usual: 'completion()',
    },
    note: 'Name the model openai/fast: LiteLLM then speaks OpenAI to that address.',
  },
  {
    package: 'github.com/openai/openai-go',
    language: 'Go',
    change: {
      construction: /\bopenai\.NewClient\(/,
      shape: 'arguments',
      insert: (gateway) => `option.WithBaseURL("${gateway}/v1/")`,
      usual: 'openai.NewClient()',
    },
    variable: openaiVariable,
  },
  {
    package: 'github.com/anthropics/anthropic-sdk-go',
    language: 'Go',
    change: {
      construction: /\banthropic\.NewClient\(/,
      shape: 'arguments',
      insert: (gateway) => `option.WithBaseURL("${gateway}/")`,
      usual: 'anthropic.NewClient()',
    },
    variable: anthropicVariable,
  },
  {
    package: 'openai',
    language: 'Ruby',
    change: {
      construction: /\bOpenAI::Client\.new\b\(?/,
      shape: 'arguments',
      insert: (gateway) => `base_url: "${gateway}/v1"`,
      usual: 'OpenAI::Client.new()',
    },
    variable: openaiVariable,
  },
  {
    package: 'anthropic',
    language: 'Ruby',
    change: {
      construction: /\bAnthropic::Client\.new\b\(?/,
      shape: 'arguments',
      insert: (gateway) => `base_url: "${gateway}"`,
      usual: 'Anthropic::Client.new()',
    },
    variable: anthropicVariable,
  },
  {
    package: 'ruby-openai',
    language: 'Ruby',
    change: {
      construction: /\bOpenAI::Client\.new\b\(?/,
      shape: 'arguments',
      insert: (gateway) => `uri_base: "${gateway}/"`,
      usual: 'OpenAI::Client.new()',
    },
  },
  {
    package: 'openai-php/client',
    language: 'PHP',
    change: {
      construction: /\bOpenAI::factory\(\)/,
      shape: 'chain',
      insert: (gateway) => `->withBaseUri('${gateway}/v1')`,
      usual: 'OpenAI::factory()',
    },
    note: 'OpenAI::client(…) takes no base URL: OpenAI::factory() does.',
  },
  {
    package: 'openai-java',
    language: 'Java',
    change: {
      construction: /\bOpenAIOkHttpClient(?:Async)?\.builder\(\)/,
      shape: 'chain',
      insert: (gateway) => `.baseUrl("${gateway}/v1")`,
      usual: 'OpenAIOkHttpClient.builder()',
    },
    variable: openaiVariable,
  },
  {
    package: 'anthropic-java',
    language: 'Java',
    change: {
      construction: /\bAnthropicOkHttpClient(?:Async)?\.builder\(\)/,
      shape: 'chain',
      insert: (gateway) => `.baseUrl("${gateway}")`,
      usual: 'AnthropicOkHttpClient.builder()',
    },
    variable: anthropicVariable,
  },
  {
    package: 'OpenAI',
    language: '.NET',
    change: {
      construction: /\bnew OpenAIClientOptions(?:\(\))?(?=\s*(?:[;,)]|$))/,
      shape: 'chain',
      insert: (gateway) => ` { Endpoint = new Uri("${gateway}/v1") }`,
      usual: 'new OpenAIClientOptions',
    },
    note: 'Give these options to the client beside its key.',
  },
]
