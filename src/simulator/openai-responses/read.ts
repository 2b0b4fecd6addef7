import type { Ask, AskedFormat, AskedTool, PromptSegment, Thinking, ToolChoice, Turn } from '../ask.ts'
import { countTokens, tokensPerAttachment, tokensPerMessage } from '../books/count-tokens.ts'
import { asList, asObject, asText, type JsonObject } from '../json.ts'
import { effortTokens } from '../model/effort-tokens.ts'

/** Reads a Responses request that was checked before. */
export function readResponsesRequest(body: JsonObject): Ask {
  const items = itemsOf(body.input)
  const limit = body.max_output_tokens
  return {
    instructions: [asText(body.instructions), ...items.filter(instructs).map(spokenText)].filter(Boolean).join('\n\n'),
    turns: items.filter((item) => !instructs(item)).flatMap((item) => turn(item, items) ?? []),
    tools: asList(body.tools)
      .map(asObject)
      .filter(({ type }) => type === 'function' || type === 'custom')
      .map(askedTool),
    toolChoice: toolChoice(body.tool_choice),
    parallelTools: body.parallel_tool_calls !== false,
    format: format(asObject(asObject(body.text).format)),
    maxOutputTokens: typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY,
    stopSequences: [],
    choices: 1,
    thinking: thinking(asObject(body.reasoning), asList(body.include)),
    streamed: body.stream === true,
    usageInStream: true,
    prompt: prompt(body, items),
  }
}

/** A plain input is a message of the user's; a message needs no type. */
export function itemsOf(input: unknown): JsonObject[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }]
  return asList(input)
    .map(asObject)
    .map((item) => ({ type: 'message', ...item }))
}

function instructs({ type, role }: JsonObject): boolean {
  return type === 'message' && (role === 'system' || role === 'developer')
}

function spokenText({ type, content, output }: JsonObject): string {
  const said = type === 'function_call_output' || type === 'custom_tool_call_output' ? output : content
  if (typeof said === 'string') return said
  const spoken = asList(said).map((part) => asText(asObject(part).text ?? asObject(part).refusal))
  return spoken.filter((text) => text !== '').join('\n')
}

function turn(item: JsonObject, items: readonly JsonObject[]): Turn | undefined {
  switch (item.type) {
    case 'message':
      return { role: item.role === 'assistant' ? 'assistant' : 'user', text: spokenText(item) }
    case 'function_call':
    case 'custom_tool_call':
      return { role: 'assistant', text: '' }
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const asked = items.find(
        ({ type, call_id: id }) => id === item.call_id && /^(function|custom_tool)_call$/.test(asText(type)),
      )
      return { role: 'tool', text: spokenText(item), tool: asText(asked?.name) }
    }
    default:
      return undefined
  }
}

function askedTool(tool: JsonObject): AskedTool {
  return {
    name: asText(tool.name),
    description: asText(tool.description),
    schema: asObject(tool.parameters),
    kind: tool.type === 'custom' ? 'custom' : 'function',
  }
}

function toolChoice(choice: unknown): ToolChoice {
  if (choice === 'none' || choice === 'required' || choice === 'auto') return { type: choice }
  const { type, name, mode, tools } = asObject(choice)
  if (type === 'allowed_tools') {
    const names = asList(tools).map((tool) => asText(asObject(tool).name))
    return mode === 'required' ? { type: 'named', names } : { type: 'auto' }
  }
  return asText(name) === '' ? { type: 'auto' } : { type: 'named', names: [asText(name)] }
}

function format(asked: JsonObject): AskedFormat {
  if (asked.type === 'json_object') return { type: 'json-object' }
  return asked.type === 'json_schema' ? { type: 'json-schema', schema: asObject(asked.schema) } : { type: 'text' }
}

/** A summary is shown to who asks for one; the reasoning itself never is. */
function thinking({ effort, summary }: JsonObject, include: readonly unknown[]): Thinking {
  const budgetTokens = effortTokens[asText(effort)] ?? 0
  const isShown = summary !== undefined && summary !== null
  const mode = budgetTokens === 0 ? 'none' : isShown ? 'shown' : 'hidden'
  return { mode, budgetTokens, sealed: include.includes('reasoning.encrypted_content') }
}

function prompt(body: JsonObject, items: readonly JsonObject[]): PromptSegment[] {
  const declared = [...asList(body.tools), asObject(body.text).format, body.instructions].filter(
    (said) => said !== undefined,
  )
  const texts = declared.map((said) => (typeof said === 'string' ? said : JSON.stringify(said)))
  return [...texts.map((text) => ({ text, tokens: countTokens(text) })), ...items.map(segment)]
}

export function segment(item: JsonObject): PromptSegment {
  const parts = [...asList(item.content), ...asList(item.output)].map(asObject)
  const attachments = parts.filter(({ type }) => type === 'input_image' || type === 'input_file')
  const call = item.type === 'function_call' ? `${asText(item.name)}${asText(item.arguments)}` : ''
  const counted = `${asText(item.role)}\n${spokenText(item)}${call}`
  return {
    text: counted + attachments.map((part) => JSON.stringify(part)).join(''),
    tokens: countTokens(counted) + attachments.length * tokensPerAttachment + tokensPerMessage,
  }
}
