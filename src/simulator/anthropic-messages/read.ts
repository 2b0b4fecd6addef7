import type { Ask, AskedTool, PromptSegment, Thinking, ToolChoice, Turn } from '../ask.ts'
import { countTokens, tokensPerAttachment, tokensPerMessage } from '../books/count-tokens.ts'
import { asList, asObject, asText, type JsonObject } from '../json.ts'

/** Reads a Messages request that was checked before. */
export function readMessagesRequest(body: JsonObject): Ask {
  const messages = asList(body.messages).map(asObject)
  const schema = asObject(asObject(body.output_config).format).schema
  const choice = asObject(body.tool_choice)
  const inline = messages.filter((message) => message.role === 'system').map(spokenText)
  return {
    instructions: [blockText(body.system), ...inline].filter((text) => text !== '').join('\n\n'),
    turns: messages.flatMap((message) => turns(message, messages)),
    tools: asList(body.tools).map(askedTool),
    toolChoice: toolChoice(choice),
    parallelTools: choice.disable_parallel_tool_use !== true,
    format: schema === undefined ? { type: 'text' } : { type: 'json-schema', schema: asObject(schema) },
    maxOutputTokens: Number(body.max_tokens),
    stopSequences: asList(body.stop_sequences).map(asText),
    choices: 1,
    thinking: thinking(body),
    streamed: body.stream === true,
    usageInStream: true,
    prompt: prompt(body, messages),
  }
}

function blockText(content: unknown): string {
  if (typeof content === 'string') return content
  const texts = asList(content).map((block) => {
    const { type, text, source, content: inner } = asObject(block)
    if (type === 'document') return asText(asObject(source).data)
    return type === 'search_result' ? blockText(inner) : asText(text)
  })
  return texts.filter((text) => text !== '').join('\n')
}

function spokenText(message: JsonObject): string {
  return blockText(message.content)
}

function turns(message: JsonObject, messages: readonly JsonObject[]): Turn[] {
  if (message.role === 'system') return []
  if (message.role === 'assistant') return [{ role: 'assistant', text: spokenText(message) }]
  const blocks = asList(message.content).map(asObject)
  const results = blocks.filter((block) => block.type === 'tool_result')
  const text = spokenText(message)
  const spoken: Turn[] = text === '' && results.length > 0 ? [] : [{ role: 'user', text }]
  return [...spoken, ...results.map((block) => toolTurn(block, messages))]
}

function toolTurn(block: JsonObject, messages: readonly JsonObject[]): Turn {
  const call = messages
    .flatMap((message) => asList(message.content).map(asObject))
    .find((candidate) => candidate.type === 'tool_use' && candidate.id === block.tool_use_id)
  return {
    role: 'tool',
    text: blockText(block.content),
    tool: asText(call?.name),
    failed: block.is_error === true,
  }
}

function askedTool(value: unknown): AskedTool {
  const tool = asObject(value)
  return {
    name: asText(tool.name),
    description: asText(tool.description),
    schema: asObject(tool.input_schema),
    kind: 'function',
  }
}

function toolChoice(choice: JsonObject): ToolChoice {
  if (choice.type === 'tool') return { type: 'named', names: [asText(choice.name)] }
  if (choice.type === 'any') return { type: 'required' }
  return { type: choice.type === 'none' ? 'none' : 'auto' }
}

function thinking(body: JsonObject): Thinking {
  const { type, budget_tokens: budget, display } = asObject(body.thinking)
  const effort = { low: 32, medium: 64, high: 128, xhigh: 256, max: 512 }[asText(asObject(body.output_config).effort)]
  if (type === undefined || type === 'disabled') return { mode: 'none', budgetTokens: 0 }
  const budgetTokens = Math.min(typeof budget === 'number' ? budget : Number.POSITIVE_INFINITY, effort ?? 64)
  return { mode: display === 'omitted' ? 'hidden' : 'shown', budgetTokens }
}

/** Tools, then system, then messages: the order in which Anthropic caches them. */
function prompt(body: JsonObject, messages: readonly JsonObject[]): PromptSegment[] {
  const tools = asList(body.tools).map((tool) => segment(asObject(tool), 'tool'))
  const output = asObject(body.output_config).format
  const format = output === undefined ? [] : [segment(asObject(output), 'tool')]
  const system = contentSegments(body.system, 'system')
  const spoken = messages.flatMap((message) => contentSegments(message.content, asText(message.role)))
  const segments = [...tools, ...format, ...system, ...spoken]
  const automatic = asObject(body.cache_control)
  const last = segments.pop()
  if (last === undefined) return segments
  return [...segments, automatic.type === 'ephemeral' ? { ...last, breakpoint: lifetime(automatic) } : last]
}

export function contentSegments(content: unknown, role: string): PromptSegment[] {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : asList(content).map(asObject)
  return blocks.map((block, index) => {
    const one = segment(block, role)
    return index === 0 ? { ...one, tokens: one.tokens + tokensPerMessage } : one
  })
}

export function segment(block: JsonObject, role: string): PromptSegment {
  const { cache_control: own, ...bare } = block
  // A mark within a tool's result stands after it here: the result is one segment.
  const inner = asList(bare.content).map(asObject)
  const mark = own ?? inner.findLast((piece) => piece.cache_control !== undefined)?.cache_control
  const rest = Array.isArray(bare.content)
    ? { ...bare, content: inner.map(({ cache_control: _, ...piece }) => piece) }
    : bare
  const isText = rest.type === 'text' && typeof rest.text === 'string'
  const isAttachment = rest.type === 'image' || rest.type === 'document'
  const body = isText ? asText(rest.text) : JSON.stringify(rest)
  return {
    text: `${role}\n${body}`,
    tokens: isAttachment ? tokensPerAttachment : countTokens(body),
    ...(asObject(mark).type === 'ephemeral' && { breakpoint: lifetime(asObject(mark)) }),
  }
}

function lifetime(mark: JsonObject): '5m' | '1h' {
  return mark.ttl === '1h' ? '1h' : '5m'
}
