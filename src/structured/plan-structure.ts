import type { ClientDialect, Dialect } from '../core/dialect.ts'
import type { JsonObject } from '../core/json.ts'
import type { Message } from '../core/message.ts'
import type { StructureAsked } from '../core/moment.ts'
import type { Loss, ModelRequest, OutputFormat } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { compileSchema } from './compile-schema.ts'
import { isObjectSchema } from './object-schema.ts'

/** How one target is asked for the shape that an answer must have. */
export interface StructurePlan {
  readonly by: StructureAsked
  /** Whether the provider holds the model to the schema. */
  readonly isStrict: boolean
  /** Why it is not asked in the strictest way that the target has. */
  readonly because?: string
  /** What is asked, in place of the request that it was made of. */
  readonly request: ModelRequest
  /** The tool whose input is the answer. */
  readonly tool?: string
  readonly losses: readonly Loss[]
}

/**
 * How a target is asked: by its own structured output, strictly where its subset can say the schema; else by a tool that it is
 * made to call, whose input is the answer; else in words. `spoken` is the dialect of the caller, for the paths of losses. Never throws.
 */
export function planStructure(
  request: ModelRequest,
  output: OutputFormat,
  { dialect, structure = 'native' }: Pick<Target, 'dialect' | 'structure'>,
  spoken?: ClientDialect,
): StructurePlan {
  if (dialect === 'ai-sdk') return planForeign(request, output)
  const place = places[spoken ?? 'library']
  const { schema } = output
  const hasJsonMode = jsonModes.has(dialect) && structure !== 'instructions'
  if (!schema) return planJson(request, hasJsonMode, dialect, place)
  const asked: Asked = { request, output, schema, place }
  if (structure === 'native') return planNative(asked, dialect)
  if (structure === 'tool') return planTool(asked)
  return planWords(asked, hasJsonMode && isObjectSchema(schema))
}

/**
 * A model of the AI SDK is told the schema, in the strictest subset where it can be said there, for some ask strictly without being told
 * to: how it asks its provider, and whether that enforces it, is its own affair.
 */
function planForeign(request: ModelRequest, output: OutputFormat): StructurePlan {
  const because = 'a model of the AI SDK asks in its own way'
  if (!output.schema) return { by: 'json-mode', isStrict: false, because, request, losses: [] }
  const compiled = compileSchema(output.schema, 'openai-chat')
  const isSayable = compiled.type === 'portable' && (!compiled.hasNullsForAbsent || output.acceptsNullForAbsent)
  if (!isSayable) return { by: 'native', isStrict: false, because, request, losses: [] }
  const losses = compiled.losses.map((loss) => ({ ...loss, path: `${places.library.schema}.${loss.path}` }))
  const asked = { ...request, output: { ...output, schema: compiled.schema } }
  return { by: 'native', isStrict: false, because, request: asked, losses }
}

/** Dialects in which JSON can be asked for without a schema. */
const jsonModes: ReadonlySet<Dialect> = new Set(['openai-chat', 'openai-responses', 'gemini'])

interface Asked {
  readonly request: ModelRequest
  readonly output: OutputFormat
  readonly schema: JsonObject
  readonly place: Place
}

interface Place {
  readonly output: string
  readonly schema: string
}

const places: Readonly<Record<ClientDialect | 'library', Place>> = {
  library: { output: 'output', schema: 'output.schema' },
  'openai-chat': { output: 'response_format', schema: 'response_format.json_schema.schema' },
  'openai-responses': { output: 'text.format', schema: 'text.format.schema' },
  'anthropic-messages': { output: 'output_config.format', schema: 'output_config.format.schema' },
  gemini: { output: 'generationConfig.responseMimeType', schema: 'generationConfig.responseJsonSchema' },
}

function planNative(asked: Asked, dialect: Dialect): StructurePlan {
  const { request, output, schema, place } = asked
  const compiled = compileSchema(schema, dialect)
  const because =
    compiled.type === 'unportable'
      ? compiled.because
      : compiled.hasNullsForAbsent && !output.acceptsNullForAbsent
        ? 'its optional properties would have to be null'
        : undefined
  if (compiled.type === 'portable' && because === undefined) {
    const losses = compiled.losses.map((loss) => ({ ...loss, path: `${place.schema}.${loss.path}` }))
    const strict = { ...output, schema: compiled.schema, strict: true }
    return { by: 'native', isStrict: true, request: { ...request, output: strict }, losses }
  }
  if (!jsonModes.has(dialect) || !isObjectSchema(schema)) return planTool(asked, because)
  const { $schema: _, ...plain } = schema
  return {
    by: 'native',
    isStrict: false,
    because,
    request: { ...request, output: { ...output, schema: plain, strict: false } },
    losses: [unenforced(place, because)],
  }
}

const defaultName = 'answer'

function planTool(asked: Asked, reason?: string): StructurePlan {
  const { request, output, schema, place } = asked
  const obstacle = obstacleToTool(request, schema)
  if (obstacle) return { ...planWords(asked, false), because: reason ?? obstacle }
  const { output: _, ...rest } = request
  const { $schema: __, ...inputSchema } = schema
  const { name = defaultName, description = 'Gives the answer. Call it once, with the whole answer as its input.' } =
    output
  return {
    by: 'tool',
    isStrict: false,
    ...(reason !== undefined && { because: reason }),
    tool: name,
    request: {
      ...rest,
      tools: [{ name, description, inputSchema }],
      toolChoice: { type: 'tool', name },
      parallelToolCalls: false,
    },
    losses: [unenforced(place, reason ?? 'this target has no structured output')],
  }
}

/** A forced tool would keep the model from the caller's own tools, and from thinking where the dialect calls it that. */
function obstacleToTool(
  { tools = [], providerTools = [], reasoning }: ModelRequest,
  schema: JsonObject,
): string | undefined {
  if (!isObjectSchema(schema)) return 'a tool takes an object'
  if (tools.length + providerTools.length > 0) return 'the request has tools of its own'
  const isThinking =
    reasoning?.budgetTokens !== undefined || (reasoning?.mode !== undefined && reasoning.mode !== 'off')
  return isThinking ? 'a model that thinks cannot be made to call a tool' : undefined
}

function planWords({ request, schema, place, output: { description } }: Asked, hasJsonMode: boolean): StructurePlan {
  const { output: _, ...rest } = request
  const { $schema: __, ...plain } = schema
  const meaning = description === undefined ? '' : ` It is: ${description}`
  const text = `${inWords}${meaning} It must match this JSON Schema:\n${JSON.stringify(plain)}`
  const loss = 'This target takes no schema: it is told in a system message.'
  return {
    by: hasJsonMode ? 'json-mode' : 'instructions',
    isStrict: false,
    request: {
      ...rest,
      messages: withInstruction(request.messages, text),
      ...(hasJsonMode && { output: { type: 'json' } }),
    },
    losses: [{ path: place.output, effect: 'approximated', detail: loss }],
  }
}

function planJson(request: ModelRequest, hasJsonMode: boolean, dialect: Dialect, place: Place): StructurePlan {
  if (hasJsonMode) {
    if (!wantsTheWord.has(dialect) || saysJson(request.messages)) {
      return { by: 'json-mode', isStrict: false, request, losses: [] }
    }
    const detail =
      'The JSON mode of this target wants the word JSON in the conversation: it is said in a system message.'
    const messages = withInstruction(request.messages, inWords)
    const losses: Loss[] = [{ path: place.output, effect: 'approximated', detail }]
    return { by: 'json-mode', isStrict: false, request: { ...request, messages }, losses }
  }
  const { output: _, ...rest } = request
  const detail = 'This target has no JSON mode: JSON is asked for in a system message.'
  return {
    by: 'instructions',
    isStrict: false,
    request: { ...rest, messages: withInstruction(request.messages, inWords) },
    losses: [{ path: place.output, effect: 'approximated', detail }],
  }
}

/** Dialects whose API refuses its JSON mode where nothing in the conversation says JSON. */
const wantsTheWord: ReadonlySet<Dialect> = new Set(['openai-chat', 'openai-responses'])

function saysJson(messages: readonly Message[]): boolean {
  return messages.some(({ content }) => content.some((block) => block.type === 'text' && /json/i.test(block.text)))
}

const inWords = 'Answer with one JSON value and nothing else: no explanation, no code fence.'

/** Behind the leading system messages, so that the prompt's own beginning stays as it is in provider caches. */
function withInstruction(messages: readonly Message[], text: string): Message[] {
  const first = messages.findIndex(({ role }) => role !== 'system')
  const at = first === -1 ? messages.length : first
  return messages.toSpliced(at, 0, { role: 'system', content: [{ type: 'text', text }] })
}

function unenforced({ schema }: Place, because = 'it is outside of the strict subset'): Loss {
  return { path: schema, effect: 'approximated', detail: `The provider does not enforce it: ${because}.` }
}
