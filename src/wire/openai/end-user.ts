import { createHash } from 'node:crypto'
import type { LossList } from '../losses.ts'

/** OpenAI takes no longer name of a user. */
const maxLength = 64

/** `user`: the name itself, or where it is longer than OpenAI takes its SHA-256, which is as good for telling users apart. */
export function encodeEndUser(user: string | undefined, losses: LossList): { readonly user?: string } {
  if (user === undefined) return {}
  if (user.length <= maxLength) return { user }
  losses.approximated('user', `OpenAI takes at most ${maxLength} characters; its SHA-256 is sent.`)
  return { user: createHash('sha256').update(user).digest('hex') }
}
