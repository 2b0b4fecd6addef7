/** The provider wire formats that the seam reads and writes. */
export const dialects = ['openai-chat', 'anthropic-messages'] as const

/** A provider wire format. */
export type Dialect = (typeof dialects)[number]
