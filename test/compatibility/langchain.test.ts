import { ChatAnthropic } from '@langchain/anthropic'
import { HumanMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { describe } from 'vitest'
import { type LangChainWay, langChainClient } from './langchain-client.ts'
import { matrix } from './matrix.ts'
import { openaiErrors } from './openai-errors.ts'

process.env.LANGSMITH_TRACING = 'false'
process.env.LANGCHAIN_TRACING_V2 = 'false'

const helpers =
  '`invoke`, `stream`, `bindTools`, `withStructuredOutput` by schema and by function, a `ToolMessage` with a picture. Its models retry by themselves and do not read `x-should-retry`: set `maxRetries: 0`, for the seam has retried.'
const hasStatus = (status: number) => (error: unknown) => (error as { status?: unknown }).status === status

const ways: LangChainWay[] = [
  {
    name: '@langchain/openai, Chat Completions',
    packages: ['@langchain/openai', '@langchain/core'],
    about: `\`ChatOpenAI\`. By ${helpers}`,
    knows: openaiErrors,
    model: ({ url, model }, behaviour, thinks) =>
      new ChatOpenAI({
        model: model(behaviour),
        apiKey: 'none',
        maxTokens: 4_096,
        maxRetries: 0,
        configuration: { baseURL: `${url}/v1` },
        ...(thinks && { modelKwargs: { reasoning_effort: 'high' } }),
      }),
    thinkingIn: ({ additional_kwargs: more }) => String(more.reasoning_content ?? ''),
    refusalIn({ additional_kwargs: more, response_metadata: { finish_reason: reason } }) {
      const words = typeof more.refusal === 'string' ? more.refusal : ''
      // It reads no `message.refusal`.
      return { words, sign: reason === 'stop' ? 'an empty answer' : `finish_reason ${reason}` }
    },
    prompt: (text) => new HumanMessage(text),
  },
  {
    name: '@langchain/openai, Responses',
    packages: ['@langchain/openai', '@langchain/core'],
    about: `\`ChatOpenAI\` with \`useResponsesApi\`. By ${helpers}`,
    knows: openaiErrors,
    model: ({ url, model }, behaviour, thinks) =>
      new ChatOpenAI({
        model: model(behaviour),
        apiKey: 'none',
        maxTokens: 4_096,
        maxRetries: 0,
        useResponsesApi: true,
        zdrEnabled: true,
        configuration: { baseURL: `${url}/v1` },
        ...(thinks && { modelKwargs: { reasoning: { effort: 'high', summary: 'auto' } } }),
      }),
    thinkingIn({ additional_kwargs: more }) {
      const { summary = [] } = (more.reasoning ?? {}) as { summary?: { text: string }[] }
      return summary.map(({ text }) => text).join('')
    },
    refusalIn({ additional_kwargs: more, response_metadata: metadata }) {
      const words = typeof more.refusal === 'string' ? more.refusal : ''
      const { incomplete_details: details } = metadata as { incomplete_details?: { reason?: string } | null }
      const signs = [
        words && 'additional_kwargs.refusal',
        details?.reason && `incomplete_details.reason ${details.reason}`,
      ]
      return { words, sign: signs.filter(Boolean).join(' and ') }
    },
    prompt: (text) => new HumanMessage(text),
  },
  {
    name: '@langchain/anthropic',
    packages: ['@langchain/anthropic', '@langchain/core'],
    about: `\`ChatAnthropic\`. By ${helpers}`,
    knows: {
      'bad-request': hasStatus(400),
      'rate-limited': hasStatus(429),
      overloaded: hasStatus(529),
      'breaks-off': (error) => /Add a target to fall back to/.test(String(error)),
    },
    model: ({ url, model }, behaviour, thinks) =>
      new ChatAnthropic({
        model: model(behaviour),
        apiKey: 'none',
        anthropicApiUrl: url,
        maxTokens: 4_096,
        maxRetries: 0,
        ...(thinks && { thinking: { type: 'enabled', budget_tokens: 2_048 } }),
      }),
    thinkingIn: ({ content }) =>
      Array.isArray(content)
        ? content.map((block) => (block.type === 'thinking' ? String(block.thinking) : '')).join('')
        : '',
    refusalIn({ text, additional_kwargs: more, response_metadata: metadata }) {
      const reason = more.stop_reason ?? metadata.stop_reason
      return { words: text, sign: reason === 'refusal' ? `stop_reason refusal${text ? ' and the text' : ''}` : '' }
    },
    prompt: (text) => new HumanMessage({ content: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }] }),
  },
]
for (const way of ways) describe(way.name, () => matrix(langChainClient(way)))
