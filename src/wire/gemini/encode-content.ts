import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Block, ToolCallBlock, ToolResultBlock } from '../../core/message.ts'
import { InvalidRequest } from '../../errors/index.ts'
import type { LossList } from '../losses.ts'
import { toolInput } from '../tool-input.ts'
import { type CalledFunction, ownId } from './call-ids.ts'
import { candidateFields } from './candidate-fields.ts'
import { dialect, ownFields } from './extras.ts'
import { encodeMedia } from './media.ts'
import { encodeResponse } from './tool-result.ts'
import type { WireFunctionResponse, WireKnownPart, WirePart } from './types.ts'

/** Writes a block for a request. Undefined where it cannot be said, and is listed, or where it says nothing. */
export function encodeBlock(
  block: Block,
  path: string,
  calls: ReadonlyMap<string, CalledFunction>,
  losses: LossList,
): WirePart | undefined {
  const own = partFields(block, path, losses)
  switch (block.type) {
    case 'text':
      return block.text === '' && Object.keys(own).length === 0 ? undefined : { text: block.text, ...own }
    case 'refusal':
      losses.approximated(path, 'A refusal is sent as text.')
      return block.text === '' ? undefined : { text: block.text, ...own }
    case 'image':
    case 'document': {
      const { mimeType: _, displayName: __, ...further } = own
      const part = encodeMedia(block, own, path, losses)
      return part && { ...part, ...further }
    }
    case 'tool-call':
      return encodeCall(block, toolInput(block.input, path, 'Gemini'), own)
    case 'tool-result':
      return encodeToolResult(block, own, path, calls, losses)
    case 'thinking':
      if (block.dialect === dialect) return encodeThought(block.text, block.signature, own)
      losses.dropped(path, 'Thinking goes back only to the provider that signed it: signatures are provider-bound.')
      return undefined
    case 'opaque':
      if (block.dialect === dialect && isJsonObject(block.value)) return { ...block.value }
      losses.dropped(path, `A block of ${block.dialect} has no meaning to Gemini.`)
      return undefined
  }
}

/** What this dialect said of a block in its part; what it said in the candidate is an answer's alone. */
export function partFields(block: Block, path: string, losses: LossList): JsonObject {
  const own = ownFields(block.extras, path, losses)
  if (!Object.keys(own).some((key) => candidateFields.has(key))) return own
  return Object.fromEntries(Object.entries(own).filter(([key]) => !candidateFields.has(key)))
}

/** A thought, with the signature that proves it. */
export function encodeThought(text: string, signature: string | undefined, own: JsonObject): WirePart {
  return { text, thought: true as const, ...(signature && { thoughtSignature: signature }), ...own }
}

/** A call of a function, with its arguments as they are. */
export function encodeCall({ id, name }: ToolCallBlock, args: JsonObject, own: JsonObject): WirePart {
  const { functionCall: beside, ...further } = own
  return { functionCall: { ...ownId(id), name, args, ...(isJsonObject(beside) && beside) }, ...further }
}

function encodeToolResult(
  block: ToolResultBlock,
  { functionResponse: beside, ...further }: JsonObject,
  path: string,
  calls: ReadonlyMap<string, CalledFunction>,
  losses: LossList,
): WirePart {
  const call = calls.get(block.callId)
  if (!call) {
    throw new InvalidRequest(
      path,
      `the tool result "${block.callId}" answers no tool call of this conversation.`,
      'Send the assistant message with the tool call before its result: Gemini wants the name of the tool.',
    )
  }
  const response: WireFunctionResponse = {
    ...ownId(block.callId),
    name: call.name,
    response: { ...encodeResponse(block.content, block.isError) },
  }
  const parts = block.content
    .map((inner, index) => encodeResultPart(inner, `${path}.content[${index}]`, losses))
    .filter((part) => part !== undefined)
  return {
    functionResponse: { ...response, ...(parts.length > 0 && { parts }), ...(isJsonObject(beside) && beside) },
    ...further,
  }
}

/** What cannot stand in `response`: pictures and documents. */
function encodeResultPart(block: Block, path: string, losses: LossList): ResponsePart | undefined {
  const { mimeType, displayName, ...further } = ownFields(block.extras, path, losses)
  if (block.type === 'text') return undefined
  if (block.type === 'image' || block.type === 'document') {
    const part = encodeMedia(block, { mimeType, displayName }, path, losses)
    return part && { ...part, ...further }
  }
  losses.dropped(path, `Gemini takes no ${block.type} in a tool result.`)
  return undefined
}

type ResponsePart = NonNullable<WireFunctionResponse['parts']>[number]

/** Whether a part is a function call. */
export function isCallPart(part: WirePart): part is Extract<WireKnownPart, { functionCall: unknown }> {
  return 'functionCall' in part && part.functionCall !== undefined
}
