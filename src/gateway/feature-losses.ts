import type { ClientDialect } from '../core/dialect.ts'
import type { Message } from '../core/message.ts'
import type { Loss, ModelRequest } from '../core/request.ts'
import { InvalidRequest } from '../errors/index.ts'

/**
 * What a request says that a feature decides itself: prompt, tools and settings are its author's. None of it has an effect,
 * and all of it is named. Throws `InvalidRequest` where more than one answer is asked for.
 */
export function lossesOf(request: ModelRequest, dialect: ClientDialect): Loss[] {
  const words = wordsOf(dialect)
  const own = request.extensions?.[dialect] ?? {}
  if (typeof own.n === 'number' && own.n > 1) {
    throw new InvalidRequest(
      'n',
      `a feature gives one answer a call; ${own.n} were asked for.`,
      'Call it once an answer.',
    )
  }
  const { stream_options: _, n: __, ...further } = own
  const said: Record<string, unknown> = {
    tools: request.tools ?? request.providerTools,
    [words.toolChoice]: request.toolChoice,
    parallel_tool_calls: request.parallelToolCalls,
    [words.temperature]: request.temperature,
    [words.topP]: request.topP,
    [words.topK]: request.topK,
    [words.stop]: request.stop,
    [words.seed]: request.seed,
    [words.presencePenalty]: request.presencePenalty,
    [words.frequencyPenalty]: request.frequencyPenalty,
    [words.reasoning]: request.reasoning,
    [words.endUser]: request.endUser,
    ...further,
  }
  const losses = conversationLosses(request.messages.slice(0, -1), words)
  for (const [path, value] of Object.entries(said)) {
    if (value !== undefined && value !== null)
      losses.push({ path, effect: 'dropped', detail: 'The feature decides it.' })
  }
  if (request.output?.schema) {
    losses.push({
      path: words.schema,
      effect: 'approximated',
      detail: "The answer is JSON, of the feature's own form.",
    })
  }
  return losses
}

interface Words {
  readonly toolChoice: string
  readonly temperature: string
  readonly topP: string
  readonly topK: string
  readonly seed: string
  readonly presencePenalty: string
  readonly frequencyPenalty: string
  readonly stop: string
  readonly reasoning: string
  readonly endUser: string
  readonly output: string
  readonly schema: string
  /** Where a system prompt stands, if apart from the messages. */
  readonly system?: string
  readonly messages: string
}

const snakeWords = {
  toolChoice: 'tool_choice',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  seed: 'seed',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
} as const

const words: Readonly<Record<ClientDialect, Words>> = {
  'openai-chat': {
    ...snakeWords,
    stop: 'stop',
    reasoning: 'reasoning_effort',
    endUser: 'user',
    output: 'response_format',
    schema: 'response_format.json_schema',
    messages: 'messages',
  },
  'openai-responses': {
    ...snakeWords,
    stop: 'stop',
    reasoning: 'reasoning.effort',
    endUser: 'user',
    output: 'text.format',
    schema: 'text.format.schema',
    system: 'instructions',
    messages: 'input',
  },
  'anthropic-messages': {
    ...snakeWords,
    stop: 'stop_sequences',
    reasoning: 'thinking',
    endUser: 'metadata.user_id',
    output: 'output_config.format',
    schema: 'output_config.format.schema',
    system: 'system',
    messages: 'messages',
  },
  gemini: {
    toolChoice: 'toolConfig.functionCallingConfig',
    temperature: 'generationConfig.temperature',
    topP: 'generationConfig.topP',
    topK: 'generationConfig.topK',
    seed: 'generationConfig.seed',
    presencePenalty: 'generationConfig.presencePenalty',
    frequencyPenalty: 'generationConfig.frequencyPenalty',
    stop: 'generationConfig.stopSequences',
    reasoning: 'generationConfig.thinkingConfig',
    endUser: 'labels',
    output: 'generationConfig.responseMimeType',
    schema: 'generationConfig.responseJsonSchema',
    system: 'systemInstruction',
    messages: 'contents',
  },
}

/** What a dialect calls what a feature decides. */
export function wordsOf(dialect: ClientDialect): Words {
  return words[dialect]
}

function conversationLosses(earlier: readonly Message[], { system, messages }: Words): Loss[] {
  const lost = (path: string): Loss => ({
    path,
    effect: 'dropped',
    detail: 'The last message is the input of the feature; what stands before it is not read.',
  })
  const turns = earlier.filter(({ role }) => system === undefined || role !== 'system')
  const apart = system !== undefined && turns.length < earlier.length ? [lost(system)] : []
  return [...apart, ...(turns.length > 0 ? [lost(messages)] : [])]
}
