import type { JsonObject } from '../../core/json.ts'
import type { ModelRequest, ToolChoice } from '../../core/request.ts'
import type { LossList } from '../losses.ts'
import { toolName } from '../tool-name.ts'
import type { Marked } from './cache-points.ts'
import { dialect, ownFields } from './extras.ts'
import type { Family } from './family.ts'
import type { WireToolChoice, WireToolSpec } from './types.ts'

/** The tools of a request, before its cache points are placed. */
export interface EncodedTools {
  readonly tools: Marked<JsonObject>[]
  readonly choice?: WireToolChoice
  /** For `additionalModelRequestFields`: Converse has no word for one call at a time, and Claude has. */
  readonly fields: JsonObject
}

/**
 * Writes `toolConfig`. The API wants it wherever the conversation has a tool's call or result: tools that are declared no more are
 * declared by their names then.
 */
export function encodeTools(request: ModelRequest, family: Family, losses: LossList): EncodedTools {
  const declared = declare(request, losses)
  const called = namesCalled(request)
  const isForbidden = request.toolChoice?.type === 'none'
  if (isForbidden && declared.length > 0 && called.length === 0) {
    losses.approximated('tool_choice', 'Bedrock has no choice of no tool: the tools are left out.')
    return { tools: [], fields: {} }
  }
  if (declared.length === 0 && called.length > 0) {
    losses.approximated('tools', 'Bedrock wants the tools of a conversation declared: their names were.')
    return { tools: called.map((name) => ({ written: { toolSpec: nameOnly(name) } })), fields: {} }
  }
  if (declared.length === 0) {
    const { type } = request.toolChoice ?? {}
    if (type === 'required' || type === 'tool') losses.dropped('tool_choice', 'No tool is left to choose.')
    return { tools: [], fields: {} }
  }
  if (isForbidden) {
    losses.dropped('tool_choice', 'Bedrock has no choice of no tool, and the conversation has calls of them.')
    return { tools: declared, fields: {} }
  }
  return { tools: declared, ...choose(request, family, losses) }
}

function declare({ tools = [], providerTools = [] }: ModelRequest, losses: LossList): Marked<JsonObject>[] {
  const written = tools.map((tool, index): Marked<JsonObject> => {
    const path = `tools[${index}]`
    const spec: WireToolSpec = {
      name: tool.name,
      ...(tool.description && { description: tool.description }),
      inputSchema: { json: { type: 'object', ...tool.inputSchema } as WireToolSpec['inputSchema']['json'] },
      ...(tool.strict !== undefined && { strict: tool.strict }),
    }
    return { written: { toolSpec: { ...spec, ...ownFields(tool.extras, path, losses) } }, holder: tool }
  })
  for (const tool of providerTools) {
    if (tool.dialect === dialect) written.push({ written: tool.value })
    else losses.dropped(`tools[${toolName(tool.value)}]`, `A tool of ${tool.dialect}'s own does not exist at Bedrock.`)
  }
  return written
}

function nameOnly(name: string): WireToolSpec {
  return { name, inputSchema: { json: { type: 'object' } } }
}

function namesCalled({ messages }: ModelRequest): string[] {
  const names = new Set<string>()
  for (const { content } of messages) for (const block of content) if (block.type === 'tool-call') names.add(block.name)
  return [...names]
}

function choose(
  { toolChoice, parallelToolCalls }: ModelRequest,
  family: Family,
  losses: LossList,
): Pick<EncodedTools, 'choice' | 'fields'> {
  const isFree = !toolChoice || toolChoice.type === 'auto'
  if (parallelToolCalls !== false) return { ...written(toolChoice), fields: {} }
  // Said in both places, the choice is refused as a contradiction.
  if (family === 'claude' && isFree)
    return { fields: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } } }
  losses.dropped(
    'parallel_tool_calls',
    isFree
      ? 'The model cannot be kept from calling several tools at once.'
      : 'Bedrock takes it without a forced tool only.',
  )
  return { ...written(toolChoice), fields: {} }
}

function written(toolChoice: ToolChoice | undefined): { readonly choice?: WireToolChoice } {
  switch (toolChoice?.type) {
    case 'auto':
      return { choice: { auto: {} } }
    case 'required':
      return { choice: { any: {} } }
    case 'tool':
      return { choice: { tool: { name: toolChoice.name } } }
    default:
      return {}
  }
}
