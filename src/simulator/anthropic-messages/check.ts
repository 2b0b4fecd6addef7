import { asList, asObject, asText, isObject, type JsonObject } from '../json.ts'
import { strictSchemaProblem } from '../model/strict-schema.ts'
import { invalid, type Problem } from '../problem.ts'

const roles: ReadonlySet<unknown> = new Set(['user', 'assistant', 'system'])
const minThinkingTokens = 1024
const maxBreakpoints = 4
/** The models that go on from a last message of the assistant's; newer ones refuse it. */
const prefillModels = /^(sim-.*|claude-(opus|sonnet|haiku)-4-5.*|claude-(opus|sonnet)-4-[01].*|claude-3.*)$/

/** What Anthropic would refuse this body for. */
export function checkMessagesRequest(body: JsonObject, model: string): Problem | undefined {
  return (
    checkSettings(body) ?? checkMessages(body, model) ?? checkTools(body) ?? checkThinking(body) ?? checkCaching(body)
  )
}

function checkSettings(body: JsonObject): Problem | undefined {
  const { max_tokens: maxTokens, stream, stop_sequences: stops, output_config: output } = body
  if (maxTokens === undefined) return invalid('max_tokens: Field required')
  if (!Number.isInteger(maxTokens)) return invalid('max_tokens: Input should be a valid integer')
  if (Number(maxTokens) < 0) return invalid('max_tokens: Input should be greater than or equal to 0')
  if (stream !== undefined && typeof stream !== 'boolean') return invalid('stream: Input should be a valid boolean')
  if (asList(stops).some((stop) => typeof stop !== 'string' || stop.trim() === '')) {
    return invalid('stop_sequences: each stop sequence must contain non-whitespace')
  }
  const format = asObject(output).format
  if (format === undefined || format === null) return undefined
  const { type, schema } = asObject(format)
  if (type !== 'json_schema') return invalid(`output_config.format.type: Input should be 'json_schema'`)
  const problem = strictSchemaProblem(schema, 'anthropic-messages')
  return problem === undefined ? undefined : invalid(`output_config.format.schema: ${problem}`)
}

function checkMessages(body: JsonObject, model: string): Problem | undefined {
  const messages = body.messages
  if (messages === undefined) return invalid('messages: Field required')
  if (!Array.isArray(messages)) return invalid('messages: Input should be a valid list')
  if (messages.length === 0) return invalid('messages: at least one message is required')
  for (const [index, message] of messages.entries()) {
    const problem = checkMessage(message, index, index === messages.length - 1)
    if (problem !== undefined) return problem
  }
  const spoken = messages.map(asObject).filter((message) => message.role !== 'system')
  if (spoken[0]?.role !== 'user') return invalid('messages: first message must use the "user" role')
  for (const [index, block] of asList(body.system).entries()) {
    if (asObject(block).text === '') return invalid(`system.${index}: text content blocks must be non-empty`)
  }
  return checkToolTurns(spoken) ?? checkPrefill(spoken.at(-1)!, model)
}

function checkMessage(message: unknown, index: number, isLast: boolean): Problem | undefined {
  const at = `messages.${index}`
  if (!isObject(message)) return invalid(`${at}: Input should be a valid dictionary`)
  const { role, content } = message
  if (role === undefined) return invalid(`${at}.role: Field required`)
  if (!roles.has(role)) {
    return invalid(`messages: Unexpected role "${String(role)}". Allowed roles are "user" or "assistant".`)
  }
  if (content === undefined || content === null) return invalid(`${at}.content: Field required`)
  const isPrefill = isLast && role === 'assistant'
  if (typeof content === 'string') {
    return content === '' && !isPrefill ? invalid(`${at}: user messages must have non-empty content`) : undefined
  }
  if (!Array.isArray(content)) return invalid(`${at}.content: Input should be a valid list`)
  if (content.length === 0 && !isPrefill) return invalid(`${at}: all messages must have non-empty content`)
  for (const [position, block] of content.entries()) {
    const { type, text } = asObject(block)
    const here = `${at}.content.${position}`
    if (typeof type !== 'string') return invalid(`${here}.type: Field required`)
    if (type === 'text' && typeof text !== 'string') return invalid(`${here}.text.text: Field required`)
    if (type === 'text' && text === '') return invalid('messages: text content blocks must be non-empty')
    if (type === 'text' && asText(text).trim() === '')
      return invalid('messages: text content blocks must contain non-whitespace text')
  }
  return undefined
}

function checkToolTurns(messages: readonly JsonObject[]): Problem | undefined {
  let open = new Set<unknown>()
  let speaker: unknown
  for (const [index, message] of messages.entries()) {
    const blocks = asList(message.content).map(asObject)
    for (const [position, block] of blocks.entries()) {
      if (block.type !== 'tool_result' || open.delete(block.tool_use_id)) continue
      return invalid(
        `messages.${index}.content.${position}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(block.tool_use_id)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      )
    }
    // Messages of one role in a row are one turn.
    const goesOn = speaker === message.role
    speaker = message.role
    if (open.size > 0 && !goesOn) return unanswered(open, index - 1)
    open = new Set([
      ...(goesOn ? open : []),
      ...blocks.filter((block) => block.type === 'tool_use').map((block) => block.id),
    ])
  }
  return open.size > 0 ? unanswered(open, messages.length - 1) : undefined
}

function unanswered(open: ReadonlySet<unknown>, index: number): Problem {
  return invalid(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${[...open].join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  )
}

function checkPrefill(last: JsonObject, model: string): Problem | undefined {
  if (last.role !== 'assistant') return undefined
  if (!prefillModels.test(model)) {
    return invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    )
  }
  const content = last.content
  const text = typeof content === 'string' ? content : asText(asObject(asList(content).at(-1)).text)
  return /\s$/.test(text) ? invalid('messages: final assistant content cannot end with trailing whitespace') : undefined
}

function checkTools(body: JsonObject): Problem | undefined {
  const { tools, tool_choice: choice } = body
  const names = new Set<unknown>()
  for (const [index, tool] of asList(tools).entries()) {
    const { name, input_schema: schema, type, strict } = asObject(tool)
    if (typeof name !== 'string') return invalid(`tools.${index}.name: Field required`)
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      return invalid(`tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`)
    }
    if (names.has(name)) return invalid('tools: Tool names must be unique.')
    names.add(name)
    if (type !== undefined && type !== null && type !== 'custom') continue
    if (!isObject(schema)) return invalid(`tools.${index}.custom.input_schema: Field required`)
    if (schema.type !== 'object') return invalid(`tools.${index}.custom.input_schema.type: Input should be 'object'`)
    const problem = strict === true ? strictSchemaProblem(schema, 'anthropic-messages') : undefined
    if (problem !== undefined) return invalid(`tools.${index}.custom.input_schema: ${problem}`)
  }
  if (choice === undefined || choice === null) return undefined
  const { type, name } = asObject(choice)
  if (!['auto', 'any', 'tool', 'none'].includes(String(type))) {
    return invalid(
      `tool_choice: Input tag '${String(type)}' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'`,
    )
  }
  if (type !== 'none' && names.size === 0) return invalid('tool_choice may only be specified while providing tools')
  if (type === 'tool' && !names.has(name))
    return invalid(`tool_choice: Tool '${String(name)}' not found in provided tools`)
  return undefined
}

function checkThinking(body: JsonObject): Problem | undefined {
  const { type, budget_tokens: budget } = asObject(body.thinking)
  if (type === undefined || type === 'disabled') return undefined
  if (type === 'enabled') {
    if (!Number.isInteger(budget)) return invalid('thinking.enabled.budget_tokens: Field required')
    if (Number(budget) < minThinkingTokens) {
      return invalid(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${minThinkingTokens}`)
    }
    if (Number(budget) >= Number(body.max_tokens))
      return invalid('`max_tokens` must be greater than `thinking.budget_tokens`.')
  } else if (type !== 'adaptive' && type !== 'between_tools') {
    return invalid(`thinking: Input tag '${String(type)}' does not match any of the expected tags`)
  }
  const choice = asObject(body.tool_choice).type
  return choice === 'any' || choice === 'tool'
    ? invalid('Thinking may not be enabled when tool_choice forces tool use.')
    : undefined
}

function checkCaching(body: JsonObject): Problem | undefined {
  const marked = marksIn(body)
  const { cache_control: whole } = body
  const marks = [...marked.map(({ mark }) => mark), ...(isSet(whole) ? [whole] : [])]
  for (const mark of marks) {
    const { type, ttl } = asObject(mark)
    if (type !== 'ephemeral')
      return invalid(`cache_control: Input tag '${String(type)}' does not match any of the expected tags: 'ephemeral'`)
    if (ttl !== undefined && ttl !== null && ttl !== '5m' && ttl !== '1h')
      return invalid("cache_control.ephemeral.ttl: Input should be '5m' or '1h'")
  }
  const onThinking = marked.find(({ block }) => block.type === 'thinking' || block.type === 'redacted_thinking')
  if (onThinking)
    return invalid(`${onThinking.at}.${String(onThinking.block.type)}.cache_control: Extra inputs are not permitted`)
  const late = firstTooLate(marks)
  if (late >= 0) {
    return invalid(
      `${marked[late]?.at ?? 'request'}.cache_control.ttl: a block of ttl='1h' must stand before every block of ttl='5m', in the order tools, system, messages.`,
    )
  }
  // The mark of the whole request is one of the four, unless it falls on a block that has one.
  const slots = marked.length + (isSet(whole) && !endsMarked(body) ? 1 : 0)
  if (slots <= maxBreakpoints) return undefined
  return invalid(`A maximum of ${maxBreakpoints} blocks with cache_control may be provided. Found ${slots}.`)
}

interface MarkedBlock {
  readonly block: JsonObject
  readonly mark: unknown
  readonly at: string
}

/** The marked blocks, in the order of the prompt; what stands within a tool's result is a block too. */
function marksIn(body: JsonObject): MarkedBlock[] {
  const found: MarkedBlock[] = []
  const visit = (blocks: unknown, at: string): void => {
    for (const [index, value] of asList(blocks).entries()) {
      const block = asObject(value)
      const here = `${at}.${index}`
      if (block.type === 'tool_result') visit(block.content, `${here}.content`)
      if (isSet(block.cache_control)) found.push({ block, mark: block.cache_control, at: here })
    }
  }
  visit(body.tools, 'tools')
  visit(body.system, 'system')
  for (const [index, message] of asList(body.messages).entries())
    visit(asObject(message).content, `messages.${index}.content`)
  return found
}

function isSet(mark: unknown): boolean {
  return mark !== undefined && mark !== null
}

/** The place of the first mark for an hour that comes after one for five minutes; -1 where none does. */
function firstTooLate(marks: readonly unknown[]): number {
  const lives = marks.map((mark) => asObject(mark).ttl ?? '5m')
  const short = lives.indexOf('5m')
  return short < 0 ? -1 : lives.indexOf('1h', short)
}

function endsMarked({ messages }: JsonObject): boolean {
  const last = asList(asObject(asList(messages).at(-1)).content).at(-1)
  return isSet(asObject(last).cache_control)
}
