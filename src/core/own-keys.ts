/** A provider's key that the caller brought, for one call. It cannot be seen by who looks at the call: not as JSON, not in a log. */
export interface OwnKey {
  /** What the record and breakers call it: no secret, and nobody can find one by it. */
  readonly credential: string
  readonly reveal: () => string
}

/** The keys that a caller brought, by the name of the provider. A call with such keys goes to these providers alone: its caller pays. */
export type OwnKeys = ReadonlyMap<string, OwnKey>
