/** Something that can be lost while calls are still answered: a store, say. */
export interface Health {
  /** What is not as it should be now and what becomes of calls meanwhile, a sentence each. Empty: all is well. No secret is in it. */
  problems(): readonly string[]
}
