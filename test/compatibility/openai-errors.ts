import OpenAI from 'openai'
import type { Client } from './client.ts'

/** What the official client throws. It has no class for 529: what the seam calls overloaded is 503 to it. */
export const openaiErrors: Client['knows'] = {
  'bad-request': (error) => error instanceof OpenAI.BadRequestError,
  'rate-limited': (error) => error instanceof OpenAI.RateLimitError,
  overloaded: (error) => error instanceof OpenAI.InternalServerError && error.status === 503,
  'breaks-off': (error) => error instanceof OpenAI.APIError,
}
