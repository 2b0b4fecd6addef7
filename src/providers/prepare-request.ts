import type { ClientDialect } from '../core/dialect.ts'
import { counted, grouped } from '../core/figures.ts'
import type { RoutedCall } from '../core/provider.ts'
import { InseamError, InvalidRequest, ProviderFailed, tellLosses } from '../errors/index.ts'
import type { Passed, Quirks, TargetCodec, TargetOperation } from '../wire/codec.ts'
import { spellLosses } from '../wire/spell-losses.ts'

/** A request's body, ready to be sent. */
export interface PreparedRequest extends Passed {
  /** Whether the bytes are the client's own: then the answer's bytes are for it too. */
  readonly passes: boolean
  /** Where it goes, below the base URL. */
  readonly path: string
  /** What is asked for where it is no answer: it reads what comes back. */
  readonly operation?: TargetOperation
}

/** The client's own bytes where it speaks the target's dialect; else the request, encoded, its losses told to the story. */
export function prepareRequest(call: RoutedCall, codec: TargetCodec, quirks: Quirks): PreparedRequest {
  const { request, target, wire } = call
  const operation = operationOf(call, codec)
  const { address, path } = operation ?? codec
  const place = { path: address?.write(target.model, request.stream) ?? path, ...(operation && { operation }) }
  if (wire && saysTheSame(wire, codec, operation)) {
    const passed: Passed = operation
      ? { body: operation.passRequest(wire.body, target.model, request), withholdsUsage: false }
      : codec.passRequest(wire.body, target.model, request, quirks)
    const { losses = [], ...rest } = passed
    tellLosses(call, target, losses)
    return { ...place, ...rest, passes: true }
  }
  refuseHeldConversation(call)
  if (operation?.operation === 'embed')
    refuseTooMany(call, quirks.maxInputs ?? operation.maxInputs ?? target.maxInputs ?? 1)
  const { body, losses } = (operation ?? codec).encodeRequest(
    request,
    target.model,
    quirksOf(target, quirks),
    wire?.dialect,
  )
  tellLosses(call, target, wire ? spellLosses(losses, wire.dialect) : losses)
  return { ...place, body: JSON.stringify(body), withholdsUsage: false, passes: false }
}

/** Whether the client's bytes are what the target takes there. */
function saysTheSame({ dialect }: NonNullable<RoutedCall['wire']>, codec: TargetCodec, operation?: TargetOperation) {
  return operation?.sharedBy ? operation.sharedBy.includes(dialect) : dialect === codec.dialect
}

function refuseTooMany({ request, target, wire }: RoutedCall, most: number): void {
  const { length } = request.messages
  if (length <= most) return
  const path = wire === undefined ? 'texts' : wire.dialect === 'gemini' ? 'requests' : 'input'
  throw new InvalidRequest(
    path,
    `${target.name} takes ${counted(most, 'text')} in one request, and there are ${grouped(length)}.`,
    'Send fewer at a time; `seam.embed` splits by itself.',
  )
}

/** The host's quirks, and how this one of its models keeps prompts. */
function quirksOf({ promptCache }: RoutedCall['target'], quirks: Quirks): Quirks {
  return { promptCache: promptCache ? 'marked' : 'automatic', ...quirks }
}

/** What a client asked for in its own words goes to the same place of the target. */
function operationOf({ request, target, wire }: RoutedCall, { dialect, operations }: TargetCodec) {
  if (!request.operation) return undefined
  const named = wire?.dialect === dialect ? wire.path : undefined
  const found = operations.find(
    ({ operation, path, sharedBy }) =>
      operation === request.operation &&
      (named === undefined || path === named || sharedBy?.includes(dialect as ClientDialect) === false),
  )
  if (found) return found
  throw new InseamError(
    'operation-unsupported',
    `${target.name} speaks ${dialect}, which has no ${request.operation}.`,
    {
      fix: 'Add a target that can be asked for it to the alias.',
    },
  )
}

/** The client's headers that belong to its dialect. */
export function passedHeaders({ wire }: RoutedCall, codec: TargetCodec): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of codec.passedHeaders) {
    const value = wire?.headers[name]
    if (value !== undefined) headers[name] = value
  }
  return headers
}

/**
 * Providers can hold a conversation between its turns: Anthropic by `thread`, OpenAI's Responses by the fields below. Left out
 * as a loss, the next turn would be answered without all that was said before it; refused by this name, Anthropic's client
 * sends the whole conversation instead.
 */
export function refuseHeldConversation({ request, target }: RoutedCall): void {
  for (const [dialect, field, providerCode] of heldBy) {
    const held = request.extensions?.[dialect]?.[field]
    if (held === undefined || held === null) continue
    throw new ProviderFailed({
      code: 'request-rejected',
      said: `it holds no conversation between its turns (\`${field}\`).`,
      target: target.name,
      providerCode,
      fix: `Send the whole conversation without \`${field}\`.`,
    })
  }
}

const heldBy = [
  ['anthropic-messages', 'thread', 'thread_unsupported_request'],
  ['openai-responses', 'previous_response_id', 'previous_response_not_found'],
  ['openai-responses', 'conversation', 'conversation_not_found'],
  ['openai-responses', 'prompt', 'prompt_not_found'],
] as const
