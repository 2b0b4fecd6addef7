import type { Call } from '../core/call.ts'
import type { Books } from '../core/ports.ts'
import type { ModelRequest } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { inputTokens } from '../core/usage.ts'

/** What a call takes of a provider's token limits before it is sent. */
export interface TokenNeed {
  readonly input: number
  /** Input, and as much output as the provider counts beforehand. */
  readonly all: number
}

export const noTokens: TokenNeed = { input: 0, all: 0 }

/**
 * By estimate. OpenAI and most others count the output limit beforehand, Anthropic counts output as it comes (both: their guides to
 * rate limits). Reads the whole prompt.
 */
export function tokenNeed({ request }: Call, target: Target, books: Pick<Books, 'estimate'>): TokenNeed {
  const input = inputTokens(books.estimate(target, request, []))
  return { input, all: input + countedOutput(request, target) }
}

/** A quarter of a token a character, where the prompt is text alone and not worth reading; undefined where it is more than text. */
export function roughNeed({ request }: Call, target: Target): TokenNeed | undefined {
  if (request.tools?.length || request.providerTools?.length || request.output?.schema) return undefined
  let characters = 0
  for (const { content } of request.messages) {
    for (const block of content) {
      if (block.type !== 'text') return undefined
      characters += block.text.length
    }
  }
  const input = Math.ceil(characters / 4)
  return { input, all: input + countedOutput(request, target) }
}

/** A script that needs a token a character needs this many times what {@link roughNeed} says. */
export const roughAtMost = 4

function countedOutput({ maxOutputTokens = 0 }: ModelRequest, { dialect }: Target): number {
  return dialect === 'anthropic-messages' ? 0 : maxOutputTokens
}
