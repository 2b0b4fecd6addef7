import type { Dialect } from '../core/dialect.ts'
import type { Message } from '../core/message.ts'
import type { Loss, ModelRequest } from '../core/request.ts'
import { InvalidRequest } from '../errors/index.ts'

/**
 * What a request says that a feature decides itself: prompt, tools and settings are its author's. None of it has an effect,
 * and all of it is named. Throws `InvalidRequest` where more than one answer is asked for.
 */
export function lossesOf(request: ModelRequest, dialect: Dialect): Loss[] {
  const isOpenai = dialect === 'openai-chat'
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
    tool_choice: request.toolChoice,
    parallel_tool_calls: request.parallelToolCalls,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    [isOpenai ? 'stop' : 'stop_sequences']: request.stop,
    seed: request.seed,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    [isOpenai ? 'reasoning_effort' : 'thinking']: request.reasoning,
    [isOpenai ? 'user' : 'metadata.user_id']: request.endUser,
    ...further,
  }
  const losses = conversationLosses(request.messages.slice(0, -1), isOpenai)
  for (const [path, value] of Object.entries(said)) {
    if (value !== undefined && value !== null)
      losses.push({ path, effect: 'dropped', detail: 'The feature decides it.' })
  }
  if (request.output?.schema) {
    const path = isOpenai ? 'response_format.json_schema' : 'output_config.format.schema'
    losses.push({ path, effect: 'approximated', detail: "The answer is JSON, of the feature's own form." })
  }
  return losses
}

function conversationLosses(earlier: readonly Message[], isOpenai: boolean): Loss[] {
  const lost = (path: string): Loss => ({
    path,
    effect: 'dropped',
    detail: 'The last message is the input of the feature; what stands before it is not read.',
  })
  const turns = earlier.filter(({ role }) => isOpenai || role !== 'system')
  return [...(turns.length < earlier.length ? [lost('system')] : []), ...(turns.length > 0 ? [lost('messages')] : [])]
}
