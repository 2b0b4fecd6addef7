/** On whose behalf a call is made. Scope comes from the key or the feature, never from what a client merely claims. */
export interface Caller {
  readonly feature?: string
  readonly tenant?: string
  readonly user?: string
  readonly session?: string
  readonly tags?: readonly string[]
  readonly keyId?: string
}

/** The door by which a call came in. */
export type Door = 'library' | 'gateway' | 'eval'
