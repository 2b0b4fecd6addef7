/** Whether features' prompts are marked for the provider's prompt cache, and for how long after their last use they are kept. */
export type PromptCachePolicy = 'off' | '5m' | '1h'

/** How a target takes marks of the prompt cache. */
export interface TargetPromptCache {
  /** The shortest prompt that it keeps, in tokens: a mark on a shorter one does nothing. */
  readonly minTokens: number
  /** It also keeps the end of every prompt without a mark. */
  readonly keepsEnd: boolean
  /** It tells why its cache was not read, where the message before is named. */
  readonly tellsMisses: boolean
}

/**
 * What of a call's prompt comes again: where a target's prompt cache is worth marking. Tools and the system prompt do in any case. Said by
 * patterns of their features; a client's request is marked by the client alone.
 */
export interface RepeatedPrompt {
  /** The words at the beginning of the user's first message that are the author's own. */
  readonly leading?: string
  /** The conversation goes on with further calls, so that all of it comes again. */
  readonly conversation?: ContinuedConversation
}

/** A conversation of many calls. */
export interface ContinuedConversation {
  /** The messages that the call before this one sent; 0 for the first. */
  readonly sentBefore: number
  /** What answered the call before. */
  readonly previous?: { readonly id: string; readonly target?: string }
}
