/** The wire formats that clients speak to the gateway: read and written in both directions. */
export const clientDialects = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const

/** A wire format that clients speak. */
export type ClientDialect = (typeof clientDialects)[number]

/** The provider wire formats that the seam speaks: those of clients, and those that only targets are asked in. */
export const dialects = [...clientDialects, 'bedrock-converse'] as const

/** A provider wire format. */
export type Dialect = (typeof dialects)[number]

/** Whose words something is said in: a wire format's, or the AI SDK's, whose models are called as functions. */
export type Tongue = Dialect | 'ai-sdk'
