import type { ClientDialect } from '../core/dialect.ts'
import type { Message } from '../core/message.ts'
import { InvalidRequest } from '../errors/index.ts'

/** Where an input stood, in the words of those who sent it: OpenAI's list, Google's, or that of `seam.embed`. */
export function inputPath(spoken: ClientDialect | undefined, index: number): string {
  return spoken === undefined
    ? `texts[${index}]`
    : spoken === 'gemini'
      ? `requests[${index}].content`
      : `input[${index}]`
}

/** The text of an input. Throws `InvalidRequest` for anything else: numbers of tokens mean something to one tokenizer alone. */
export function inputText({ content }: Message, path: string): string {
  const foreign = content.find(({ type }) => type !== 'text')
  if (foreign) {
    throw new InvalidRequest(
      path,
      foreign.type === 'opaque' ? 'is no text, and means nothing to another provider.' : `is no text: ${foreign.type}.`,
      'Send text, or name a model that speaks the dialect of the request.',
    )
  }
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}
