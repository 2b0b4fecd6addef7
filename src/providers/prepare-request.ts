import type { RoutedCall } from '../core/provider.ts'
import { ProviderFailed } from '../errors/index.ts'
import type { Codec, Passed, Quirks } from '../wire/codec.ts'
import { spellLosses } from '../wire/gemini/spell-losses.ts'

/** A request's body, ready to be sent. */
export interface PreparedRequest extends Passed {
  /** Whether the bytes are the client's own: then the answer's bytes are for it too. */
  readonly passes: boolean
}

/** The client's own bytes where it speaks the target's dialect; else the request, encoded, its losses told to the story. */
export function prepareRequest(call: RoutedCall, codec: Codec, quirks: Quirks): PreparedRequest {
  const { request, target, wire, story } = call
  if (wire?.dialect === codec.dialect)
    return { ...codec.passRequest(wire.body, target.model, request, quirks), passes: true }
  refuseHeldConversation(call)
  const { body, losses } = codec.encodeRequest(request, target.model, quirks, wire?.dialect)
  story.lose(wire?.dialect === 'gemini' ? spellLosses(losses) : losses)
  return { body: JSON.stringify(body), withholdsUsage: false, passes: false }
}

/** The client's headers that belong to its dialect. */
export function passedHeaders({ wire }: RoutedCall, codec: Codec): Record<string, string> {
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
function refuseHeldConversation({ request, target }: RoutedCall): void {
  for (const [dialect, field, providerCode] of heldBy) {
    const held = request.extensions?.[dialect]?.[field]
    if (held === undefined || held === null) continue
    throw new ProviderFailed({
      code: 'request-rejected',
      said: `it holds no conversation between its turns (\`${field}\`)`,
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
