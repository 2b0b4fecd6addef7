/** The provider wire formats that the seam reads and writes. */
export const dialects = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const

/** A provider wire format. */
export type Dialect = (typeof dialects)[number]

/** Whose words something is said in: a wire format's, or the AI SDK's, whose models are called as functions. */
export type Tongue = Dialect | 'ai-sdk'
