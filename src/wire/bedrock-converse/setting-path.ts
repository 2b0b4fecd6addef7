import type { ClientDialect } from '../../core/dialect.ts'

/** What the other dialects call the settings that this one cannot say; OpenAI's chat calls them as they are here. */
const names: Readonly<Partial<Record<ClientDialect, Readonly<Record<string, string>>>>> = {
  'anthropic-messages': {
    stop: 'stop_sequences',
    user: 'metadata.user_id',
    reasoning_effort: 'output_config.effort',
    parallel_tool_calls: 'tool_choice.disable_parallel_tool_use',
    response_format: 'output_config.format',
  },
  'openai-responses': {
    reasoning_effort: 'reasoning.effort',
    response_format: 'text.format',
  },
}

/** The path of a setting in the dialect that said it: `stop[1]` is `stop_sequences[1]` to a client of Anthropic's. */
export function settingPath(path: string, spoken: ClientDialect): string {
  const [name = path] = path.split('[')
  const own = names[spoken]?.[name]
  return own === undefined ? path : own + path.slice(name.length)
}
