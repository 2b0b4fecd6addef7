/** A key that clients present, and what it opens. */
export interface GatewayKey {
  /** What events call it; no secret. */
  readonly name: string
  /** The secret itself. It is hashed at once and not kept. */
  readonly key: string
  /** The tenant on whose behalf it calls. */
  readonly tenant?: string
  /** The features that it may name, and call as `feature/NAME`. Absent: any. */
  readonly features?: readonly string[]
  /** The aliases and models that it may call. Absent: any. A feature that it may call needs no alias here. */
  readonly aliases?: readonly string[]
  /**
   * The providers whose whole API it may reach as it is, `true` for all: every file, batch and stored answer that the provider's
   * own key owns, those of other tenants too. Absent: none.
   */
  readonly passThrough?: boolean | readonly string[]
  /** The providers for which its holder may bring a key of their own, `true` for all that let callers. Absent: none. */
  readonly providerKeys?: boolean | readonly string[]
}
