const secretWords = /^(?:api)?(?:keys?|secrets?|tokens?|passwords?|passwd|credentials?|authorization|auth|bearer)$/

/** Names of ours that end like a secret's and are none. */
const plainNames = new Set(['aboveInputTokens', 'firstToken', 'inputTokens', 'keys', 'maxOutputTokens', 'outputTokens'])

/** Whether something of that name is likely to be a secret: `key`, `apiKey`, `OPENAI_API_KEY`, `x-auth-token`. */
export function isSecretName(name: string): boolean {
  if (plainNames.has(name)) return false
  const lastWord = name.split(/[^A-Za-z0-9]|(?<=[a-z0-9])(?=[A-Z])/).at(-1) ?? ''
  return secretWords.test(lastWord.toLowerCase())
}
