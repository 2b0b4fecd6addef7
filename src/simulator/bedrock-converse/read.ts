import type { Ask, AskedFormat, AskedTool, PromptSegment, Thinking, ToolChoice, Turn } from '../ask.ts'
import { countTokens, tokensPerAttachment, tokensPerMessage } from '../books/count-tokens.ts'
import { asList, asObject, asText, type JsonObject } from '../json.ts'

/** Reads a Converse request that was checked before. */
export function readConverseRequest(body: JsonObject): Ask {
  const messages = asList(body.messages).map(asObject)
  const config = asObject(body.inferenceConfig)
  const toolConfig = asObject(body.toolConfig)
  const fields = asObject(body.additionalModelRequestFields)
  return {
    instructions: spokenText(body.system),
    turns: messages.flatMap((message) => turns(message, messages)),
    tools: asList(toolConfig.tools).flatMap(askedTool),
    toolChoice: toolChoice(asObject(toolConfig.toolChoice)),
    parallelTools: asObject(fields.tool_choice).disable_parallel_tool_use !== true,
    format: format(body),
    maxOutputTokens: typeof config.maxTokens === 'number' ? config.maxTokens : Number.POSITIVE_INFINITY,
    stopSequences: asList(config.stopSequences).map(asText),
    choices: 1,
    thinking: thinking(fields, asText(asObject(body.outputConfig).effort)),
    streamed: body.stream === true,
    usageInStream: true,
    prompt: prompt(body, messages),
  }
}

/** The words of a list of blocks; a document counts as its words where it is plain text. */
function spokenText(content: unknown): string {
  const texts = asList(content).map((block) => {
    const { text, document } = asObject(block)
    const { format: kind, source } = asObject(document)
    if (kind === 'txt' || kind === 'md') return Buffer.from(asText(asObject(source).bytes), 'base64').toString()
    return asText(text)
  })
  return texts.filter((text) => text !== '').join('\n')
}

function turns({ role, content }: JsonObject, messages: readonly JsonObject[]): Turn[] {
  const text = spokenText(content)
  if (role === 'assistant') return [{ role, text }]
  const results = asList(content).flatMap((block) => {
    const { toolResult } = asObject(block)
    return toolResult === undefined ? [] : [asObject(toolResult)]
  })
  const spoken: Turn[] = text === '' && results.length > 0 ? [] : [{ role: 'user', text }]
  return [...spoken, ...results.map((result) => toolTurn(result, messages))]
}

function toolTurn({ toolUseId, content, status }: JsonObject, messages: readonly JsonObject[]): Turn {
  const called = messages
    .flatMap((message) => asList(message.content))
    .map((block) => asObject(asObject(block).toolUse))
    .find((use) => use.toolUseId === toolUseId)
  const json = asList(content).flatMap((piece) => asObject(piece).json ?? [])
  const text = [spokenText(content), ...json.map((value) => JSON.stringify(value))].filter((words) => words !== '')
  return { role: 'tool', text: text.join('\n'), tool: asText(called?.name), failed: status === 'error' }
}

function askedTool(value: unknown): AskedTool[] {
  const { toolSpec } = asObject(value)
  if (toolSpec === undefined) return []
  const { name, description, inputSchema } = asObject(toolSpec)
  const schema = asObject(asObject(inputSchema).json)
  return [{ name: asText(name), description: asText(description), schema, kind: 'function' }]
}

function toolChoice({ any, tool }: JsonObject): ToolChoice {
  if (tool !== undefined) return { type: 'named', names: [asText(asObject(tool).name)] }
  return { type: any === undefined ? 'auto' : 'required' }
}

function format({ outputConfig }: JsonObject): AskedFormat {
  const { textFormat } = asObject(outputConfig)
  if (textFormat === undefined) return { type: 'text' }
  const { jsonSchema } = asObject(asObject(textFormat).structure)
  return { type: 'json-schema', schema: asObject(JSON.parse(asText(asObject(jsonSchema).schema))) }
}

const efforts: Readonly<Record<string, number>> = { low: 32, medium: 64, high: 128, xhigh: 256, max: 512 }

function thinking({ thinking: asked }: JsonObject, effort: string): Thinking {
  const { type, budget_tokens: budget } = asObject(asked)
  if (type === undefined || type === 'disabled') return { mode: 'none', budgetTokens: 0 }
  const most = typeof budget === 'number' ? budget : Number.POSITIVE_INFINITY
  return { mode: 'shown', budgetTokens: Math.min(most, efforts[effort] ?? 64) }
}

/** Tools, then system, then messages: the order in which the prompt is cached. */
function prompt(body: JsonObject, messages: readonly JsonObject[]): PromptSegment[] {
  const { textFormat } = asObject(body.outputConfig)
  const shape =
    textFormat === undefined
      ? []
      : [{ text: JSON.stringify(textFormat), tokens: countTokens(JSON.stringify(textFormat)) }]
  return [
    ...segments(asObject(body.toolConfig).tools, 'tool'),
    ...shape,
    ...segments(body.system, 'system'),
    ...messages.flatMap(({ role, content }) => segments(content, asText(role))),
  ]
}

function segments(content: unknown, role: string): PromptSegment[] {
  const list: PromptSegment[] = []
  for (const block of asList(content).map(asObject)) {
    const last = list.at(-1)
    if (block.cachePoint === undefined) list.push(segment(block, role, list.length === 0))
    else if (last) {
      list[list.length - 1] = { ...last, breakpoint: asObject(block.cachePoint).ttl === '1h' ? '1h' : '5m' }
    }
  }
  return list
}

function segment(block: JsonObject, role: string, isFirst: boolean): PromptSegment {
  const isAttachment = block.image !== undefined || block.document !== undefined
  const words = asText(block.text) || JSON.stringify(block)
  const tokens = isAttachment ? tokensPerAttachment : countTokens(words)
  return { text: `${role}\n${words}`, tokens: tokens + (isFirst ? tokensPerMessage : 0) }
}
