import { InvalidRequest } from '../errors/index.ts'

/** Throws `InvalidRequest`, which names the message, where a conversation ends with the assistant and the model does not go on from that. */
export function refusePrefill(model: string, path: string): void {
  if (goesOn(model)) return
  throw new InvalidRequest(
    path,
    `the conversation ends with the assistant, and ${model} does not go on from words of its own.`,
    'End it with a user message, or ask Claude 4.5 or an earlier one. For a certain form, ask for structured output.',
  )
}

/** Claude goes on up to 4.5 (Anthropic: migrating to Claude 4.6). Of other models it is not known, and the API tells. */
function goesOn(model: string): boolean {
  const [, major, minor = '0'] = /claude-[a-z]+-(\d{1,2})(?!\d)(?:-(\d{1,2})(?!\d))?/.exec(model) ?? []
  return major === undefined || Number(major) < 4 || (Number(major) === 4 && Number(minor) < 6)
}
