/** A request on its way out, as a signature covers it. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The headers that prove who asks. Rejects with an `InseamError`; stops waiting when the signal aborts. */
export type Authorize = (request: OutgoingRequest, signal: AbortSignal) => Promise<Readonly<Record<string, string>>>

/** What of a proof nobody may see. */
export function secretsOfProof(proof: Readonly<Record<string, string>>): string[] {
  const shown = [proof.authorization?.replace(/^Bearer +/i, ''), proof['x-amz-security-token']]
  return shown.filter((value) => value !== undefined)
}
