import type { Ask, AskedFormat, AskedTool, PromptSegment, Thinking, ToolChoice, Turn } from '../ask.ts'
import { countTokens, tokensPerAttachment, tokensPerMessage } from '../books/count-tokens.ts'
import { asList, asObject, asText, type JsonObject } from '../json.ts'
import { effortTokens } from '../model/effort-tokens.ts'

/** Reads a Chat Completions request that was checked before. */
export function readChatRequest(body: JsonObject): Ask {
  const messages = asList(body.messages).map(asObject)
  const stop = body.stop
  const limit = body.max_completion_tokens ?? body.max_tokens
  return {
    instructions: messages.filter(instructs).map(spokenText).join('\n\n'),
    turns: messages.filter((message) => !instructs(message)).map((message) => turn(message, messages)),
    tools: asList(body.tools).map(askedTool),
    toolChoice: toolChoice(body.tool_choice),
    parallelTools: body.parallel_tool_calls !== false,
    format: format(asObject(body.response_format)),
    maxOutputTokens: typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY,
    stopSequences: typeof stop === 'string' ? [stop] : asList(stop).map(asText),
    choices: typeof body.n === 'number' ? body.n : 1,
    thinking: thinking(body.reasoning_effort),
    streamed: body.stream === true,
    usageInStream: asObject(body.stream_options).include_usage === true,
    prompt: prompt(body, messages),
  }
}

function instructs(message: JsonObject): boolean {
  return message.role === 'system' || message.role === 'developer'
}

function spokenText(message: JsonObject): string {
  const { content, refusal } = message
  if (typeof content === 'string') return content
  const spoken = asList(content).map((part) => asText(asObject(part).text ?? asObject(part).refusal))
  return spoken.length > 0 ? spoken.filter((text) => text !== '').join('\n') : asText(refusal)
}

function turn(message: JsonObject, messages: readonly JsonObject[]): Turn {
  const role = message.role
  const text = spokenText(message)
  if (role === 'tool' || role === 'function') {
    return { role: 'tool', text, tool: asText(message.name) || calledTool(message.tool_call_id, messages) }
  }
  return { role: role === 'assistant' ? 'assistant' : 'user', text }
}

function calledTool(id: unknown, messages: readonly JsonObject[]): string {
  for (const message of messages) {
    for (const call of asList(message.tool_calls).map(asObject)) {
      if (call.id === id) return asText(asObject(call.function ?? call.custom).name)
    }
  }
  return ''
}

function askedTool(value: unknown): AskedTool {
  const tool = asObject(value)
  const kind = tool.type === 'custom' ? 'custom' : 'function'
  const described = asObject(tool[kind])
  return {
    name: asText(described.name),
    description: asText(described.description),
    schema: asObject(described.parameters),
    kind,
  }
}

function toolChoice(choice: unknown): ToolChoice {
  if (choice === 'none' || choice === 'required' || choice === 'auto') return { type: choice }
  const { type, function: fn, custom, allowed_tools: allowed } = asObject(choice)
  if (type === 'allowed_tools') {
    const { mode, tools } = asObject(allowed)
    const names = asList(tools).map((tool) => asText(asObject(asObject(tool).function ?? asObject(tool).custom).name))
    return mode === 'required' ? { type: 'named', names } : { type: 'auto' }
  }
  const name = asText(asObject(fn ?? custom).name)
  return name === '' ? { type: 'auto' } : { type: 'named', names: [name] }
}

function format(asked: JsonObject): AskedFormat {
  if (asked.type === 'json_object') return { type: 'json-object' }
  if (asked.type === 'json_schema') return { type: 'json-schema', schema: asObject(asObject(asked.json_schema).schema) }
  return { type: 'text' }
}

function thinking(effort: unknown): Thinking {
  const budgetTokens = effortTokens[asText(effort)] ?? 0
  return { mode: budgetTokens > 0 ? 'hidden' : 'none', budgetTokens }
}

function prompt(body: JsonObject, messages: readonly JsonObject[]): PromptSegment[] {
  const tools = asList(body.tools).map((tool) => JSON.stringify(tool))
  const shape = body.response_format === undefined ? [] : [JSON.stringify(body.response_format)]
  const declared = [...tools, ...shape].map((text) => ({ text, tokens: countTokens(text) }))
  return [...declared, ...messages.map(segment)]
}

function segment(message: JsonObject): PromptSegment {
  const parts = asList(message.content).map(asObject)
  const attachments = parts.filter((part) => part.type !== 'text' && part.type !== 'refusal')
  const calls = message.tool_calls === undefined ? '' : JSON.stringify(message.tool_calls)
  const counted = `${asText(message.role)}\n${spokenText(message)}${calls}`
  return {
    text: counted + attachments.map((part) => JSON.stringify(part)).join(''),
    tokens: countTokens(counted) + attachments.length * tokensPerAttachment + tokensPerMessage,
  }
}
