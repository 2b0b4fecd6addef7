/** What a question is about, as the demo sorts it. */
export const topics = ['card', 'transfer', 'top-up', 'cash', 'exchange', 'identity', 'account', 'other'] as const

/** What a question is about. */
export type Topic = (typeof topics)[number]

/** A customer's question, and what people said that it is about. */
export interface Question {
  readonly text: string
  readonly topic: Topic
}

/** Where the demo's questions come from, in words, and the questions. */
export interface Questions {
  readonly origin: string
  readonly questions: readonly Question[]
}
