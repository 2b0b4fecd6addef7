import { asList, asObject, asText, isObject, type JsonObject } from '../json.ts'
import { strictSchemaProblem } from '../model/strict-schema.ts'
import { invalid, type Problem } from '../problem.ts'

const maxCachePoints = 4
const minThinkingTokens = 1024

/** What Bedrock would refuse this body for. */
export function checkConverseRequest(body: JsonObject): Problem | undefined {
  return (
    checkMessages(body) ??
    checkToolTurns(asList(body.messages).map(asObject)) ??
    checkTools(body) ??
    checkSettings(body) ??
    checkOutput(body) ??
    checkThinking(body) ??
    checkCachePoints(body)
  )
}

function checkMessages({ messages, system }: JsonObject): Problem | undefined {
  if (!Array.isArray(messages) || messages.length === 0) {
    return invalid('The messages field is empty. Add at least one message and try again.')
  }
  for (const [index, block] of asList(system).entries()) {
    if (asObject(block).text !== undefined && asText(asObject(block).text).trim() === '') {
      return invalid(`The text field in the SystemContentBlock object at system.${index} is blank.`)
    }
  }
  for (const [index, message] of messages.entries()) {
    const problem = checkMessage(asObject(message), index, asObject(messages[index - 1]))
    if (problem !== undefined) return problem
  }
  return undefined
}

function checkMessage({ role, content }: JsonObject, index: number, before: JsonObject): Problem | undefined {
  if (role !== 'user' && role !== 'assistant') {
    return invalid(`Value '${String(role)}' at 'messages.${index}.role' must satisfy enum value set: [user, assistant]`)
  }
  if (index === 0 && role !== 'user') {
    return invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    )
  }
  if (role === before.role) {
    return invalid(
      `A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.`,
    )
  }
  const blocks = asList(content).map(asObject)
  if (blocks.length === 0) {
    return invalid(
      `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
    )
  }
  for (const [position, block] of blocks.entries()) {
    const problem = checkBlock(block, `messages.${index}.content.${position}`, role)
    if (problem !== undefined) return problem
  }
  const hasDocument = blocks.some(({ document }) => document !== undefined)
  return hasDocument && !blocks.some(({ text }) => text !== undefined)
    ? invalid('A text block must be included in a message with a document.')
    : undefined
}

function checkBlock(block: JsonObject, at: string, role: string): Problem | undefined {
  const { text, image, document, toolUse, toolResult } = block
  if (Object.keys(block).length !== 1) return invalid(`The ContentBlock object at ${at} must set one of its members.`)
  if (text !== undefined && asText(text).trim() === '') {
    return invalid(
      `The text field in the ContentBlock object at ${at} is blank. Add text to the text field, and try again.`,
    )
  }
  if ((image ?? document) !== undefined && role !== 'user') {
    return invalid('Images and documents can only be included if the role is user.')
  }
  if (image !== undefined && !['png', 'jpeg', 'gif', 'webp'].includes(asText(asObject(image).format))) {
    return invalid(`Value at '${at}.image.format' must satisfy enum value set: [jpeg, png, gif, webp]`)
  }
  if (document !== undefined && !/^[A-Za-z0-9()[\]-]+(?: [A-Za-z0-9()[\]-]+)*$/.test(asText(asObject(document).name))) {
    return invalid(
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
    )
  }
  const id = asObject(toolUse ?? toolResult).toolUseId
  if ((toolUse ?? toolResult) !== undefined && !/^[a-zA-Z0-9_-]{1,64}$/.test(asText(id))) {
    return invalid(`Value '${String(id)}' at '${at}.toolUseId' failed to satisfy constraint: [a-zA-Z0-9_-]+`)
  }
  return toolUse !== undefined && !isObject(asObject(toolUse).input)
    ? invalid(
        `The format of the value at ${at}.toolUse.input is invalid. Provide a json object for the field and try again.`,
      )
    : undefined
}

function checkToolTurns(messages: readonly JsonObject[]): Problem | undefined {
  const names = new Set<string>()
  let open = new Set<unknown>()
  for (const [index, { content }] of messages.entries()) {
    const blocks = asList(content).map(asObject)
    const results = blocks.flatMap(({ toolResult }) =>
      toolResult === undefined ? [] : [asObject(toolResult).toolUseId],
    )
    for (const { document } of blocks) {
      const name = asText(asObject(document).name)
      if (name !== '' && names.has(name)) return invalid('Messages contain duplicate document names.')
      names.add(name)
    }
    if (results.some((id) => !open.delete(id))) {
      return invalid(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      )
    }
    if (open.size > 0) {
      return invalid(
        `Expected toolResult blocks at messages.${index}.content for the following Ids: ${[...open].join(', ')}`,
      )
    }
    open = new Set(blocks.flatMap(({ toolUse }) => (toolUse === undefined ? [] : [asObject(toolUse).toolUseId])))
  }
  return undefined
}

function checkTools({ toolConfig, messages }: JsonObject): Problem | undefined {
  const blocks = asList(messages).flatMap((message) => asList(asObject(message).content).map(asObject))
  const usesTools = blocks.some(({ toolUse, toolResult }) => (toolUse ?? toolResult) !== undefined)
  if (toolConfig === undefined) {
    return usesTools
      ? invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.')
      : undefined
  }
  const { tools, toolChoice } = asObject(toolConfig)
  const specs = asList(tools)
    .flatMap((tool) => asObject(tool).toolSpec ?? [])
    .map(asObject)
  if (specs.length === 0) return invalid('toolConfig.tools must have length greater than or equal to 1')
  const names = specs.map(({ name }) => asText(name))
  if (new Set(names).size < names.length) return invalid('The tool names must be unique.')
  for (const [index, { name, description, inputSchema }] of specs.entries()) {
    const at = `toolConfig.tools.${index}.member.toolSpec`
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(asText(name)))
      return invalid(`Value at '${at}.name' failed to satisfy constraint`)
    if (description === '') return invalid(`Value at '${at}.description' must have length greater than or equal to 1`)
    if (asObject(asObject(inputSchema).json).type !== 'object') {
      return invalid(`The value at ${at}.inputSchema.json.type must be one of the following: object.`)
    }
  }
  const { tool } = asObject(toolChoice)
  return tool !== undefined && !names.includes(asText(asObject(tool).name))
    ? invalid(`The tool ${asText(asObject(tool).name)} of toolChoice is not in toolConfig.tools.`)
    : undefined
}

function checkSettings({ inferenceConfig }: JsonObject): Problem | undefined {
  const { temperature, topP, maxTokens } = asObject(inferenceConfig)
  for (const [name, value] of Object.entries({ temperature, topP })) {
    if (value !== undefined && (typeof value !== 'number' || value < 0 || value > 1)) {
      return invalid(
        `Value '${String(value)}' at 'inferenceConfig.${name}' failed to satisfy constraint: Member must have value less than or equal to 1`,
      )
    }
  }
  return maxTokens !== undefined && (!Number.isInteger(maxTokens) || Number(maxTokens) < 1)
    ? invalid(
        "Value at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
      )
    : undefined
}

function checkOutput({ outputConfig }: JsonObject): Problem | undefined {
  const { textFormat } = asObject(outputConfig)
  if (textFormat === undefined) return undefined
  const { schema } = asObject(asObject(asObject(textFormat).structure).jsonSchema)
  if (typeof schema !== 'string')
    return invalid('outputConfig.textFormat.structure.jsonSchema.schema must be a string.')
  let parsed: unknown
  try {
    parsed = JSON.parse(schema)
  } catch {
    return invalid('outputConfig.textFormat.structure.jsonSchema.schema is not valid JSON.')
  }
  const problem = strictSchemaProblem(parsed, 'anthropic-messages')
  return problem === undefined
    ? undefined
    : invalid(`The model returned the following errors: output_config.format.schema: ${problem}`)
}

function checkThinking({
  additionalModelRequestFields,
  inferenceConfig,
  toolConfig,
  messages,
}: JsonObject): Problem | undefined {
  const { thinking, tool_choice: choice } = asObject(additionalModelRequestFields)
  const errors = (said: string) => invalid(`The model returned the following errors: ${said}`)
  const { toolChoice } = asObject(toolConfig)
  if (choice !== undefined && toolChoice !== undefined) return errors('tool_choice: specified more than once')
  const { type, budget_tokens: budget } = asObject(thinking)
  if (type === undefined || type === 'disabled') return undefined
  const { maxTokens } = asObject(inferenceConfig)
  if (type === 'enabled' && !(Number(budget) >= minThinkingTokens)) {
    return errors('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
  }
  if (type === 'enabled' && maxTokens !== undefined && Number(budget) >= Number(maxTokens)) {
    return errors('`max_tokens` must be greater than `thinking.budget_tokens`.')
  }
  if (asObject(toolChoice).any !== undefined || asObject(toolChoice).tool !== undefined) {
    return errors('Thinking may not be enabled when tool_choice forces tool use.')
  }
  const turns = asList(messages).map(asObject)
  const last = asList(turns.findLast(({ role }) => role === 'assistant')?.content).map(asObject)
  const answersTools = asList(turns.at(-1)?.content).some((block) => asObject(block).toolResult !== undefined)
  return type === 'enabled' && answersTools && last[0]?.reasoningContent === undefined
    ? errors('Expected `thinking` or `redacted_thinking`, but found `tool_use`.')
    : undefined
}

function checkCachePoints({ messages, system, toolConfig }: JsonObject): Problem | undefined {
  const blocks = [
    ...asList(asObject(toolConfig).tools),
    ...asList(system),
    ...asList(messages).flatMap((message) => asList(asObject(message).content)),
  ]
  const points = blocks.flatMap((block) => asObject(block).cachePoint ?? []).map(asObject)
  if (points.some(({ type, ttl }) => type !== 'default' || (ttl !== undefined && ttl !== '5m' && ttl !== '1h'))) {
    return invalid("Value at 'cachePoint' must satisfy enum value set: type [default], ttl [5m, 1h]")
  }
  return points.length > maxCachePoints
    ? invalid(
        `You have exceeded the maximum number of cachePoint blocks: ${maxCachePoints} are allowed, ${points.length} were found.`,
      )
    : undefined
}
