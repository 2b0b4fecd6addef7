/** How long, and how much, a request that is passed through may take. */
export interface PassageLimits {
  /** Until the provider has the request's first bytes. */
  readonly connectMs: number
  /** From the request's last byte until response headers. */
  readonly headersMs: number
  /** Between two bytes, either way; but not while the client takes what it was given. */
  readonly idleMs: number
  /** The whole exchange. Absent: no limit, for a large file takes as long as its line needs. */
  readonly totalMs?: number
  /** The largest request body, in bytes. */
  readonly maxBodyBytes: number
}

/** A request for the rest of a provider's API, passed through as it is: nothing is read, routed, cached or asked again. */
export interface Passage {
  /** The provider's name in the configuration. Empty where none was found. */
  readonly provider: string
  readonly method: string
  /** Below the provider's base URL, without the query. A leading `/v1` or `/v1beta` stands for that URL's own version. */
  readonly path: string
  /** With its question mark; empty where there is none. */
  readonly query: string
  /** What of the client's headers goes on, lower case: neither its credential nor what belongs to its connection. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** Absent: the request has none. */
  readonly body?: AsyncIterable<Uint8Array>
  readonly limits: PassageLimits
  /** Bytes of bodies that went through so far: the request's, then the answer's. */
  readonly bytes: { in: number; out: number }
}

/** How a provider's answer begins. */
export interface PassedHead {
  readonly status: number
  /** The provider's base URL. */
  readonly root: string
  /** Of the provider, lower case, without those of its connection. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /**
   * Headers that held an address of the provider's own: where that is, as a path that {@link Passage} takes. The door writes its
   * own address in the place of the provider's.
   */
  readonly addresses: Readonly<Record<string, string>>
}

/** What a provider yields while a request is passed through. */
export type PassagePart =
  | { readonly type: 'connected' }
  | { readonly type: 'answered'; readonly head: PassedHead; readonly requestId?: string }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }

/** Where the answer goes as it comes. */
export interface PassageSink {
  head(head: PassedHead): void
  /** A promise where the reader must catch up first. */
  write(bytes: Uint8Array): Promise<void> | undefined
  /** The answer is whole. */
  end(): void
}
