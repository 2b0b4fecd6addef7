import type { Advice, ErrorCode } from './codes.ts'
import { InseamError } from './inseam-error.ts'

/** What a provider said when it failed. */
export interface ProviderFailure {
  readonly code: ErrorCode
  /** Its own words, cut to what is useful; secrets are redacted before it reaches a log. */
  readonly said: string
  /** `provider/model`. */
  readonly target: string
  /** The HTTP status, where there was one. */
  readonly providerStatus?: number
  readonly requestId?: string
  /** The provider's own error type and code. */
  readonly providerType?: string
  readonly providerCode?: string
  /** How long it asks to wait, in milliseconds. */
  readonly retryAfterMs?: number
  readonly advice?: Advice
  readonly fix?: string
  readonly cause?: unknown
}

/** A provider did not answer as asked, and said or showed why. */
export class ProviderFailed extends InseamError {
  readonly target: string
  readonly said: string
  readonly providerStatus?: number
  readonly requestId?: string
  readonly providerType?: string
  readonly providerCode?: string

  constructor(failure: ProviderFailure) {
    const { code, said, target, providerStatus, requestId, cause, advice } = failure
    const status = providerStatus === undefined ? '' : ` with status ${providerStatus}`
    const request = requestId === undefined ? '' : ` (request ${requestId})`
    super(code, `${target} failed${status}: ${said}${request}`, {
      fix: failure.fix ?? fixes[code] ?? 'Add a target to fall back to.',
      cause,
      advice,
      retryAfterMs: failure.retryAfterMs,
    })
    this.target = target
    this.said = said
    this.providerStatus = providerStatus
    this.requestId = requestId
    this.providerType = failure.providerType
    this.providerCode = failure.providerCode
  }
}

const fixes: Partial<Record<ErrorCode, string>> = {
  'connection-failed': 'Check that the provider is up and that `url` names it; add a target to fall back to.',
  'rate-limited': 'Spread the load, raise the limit with the provider, or add a target to fall back to.',
  'quota-exhausted': "Raise the account's quota or spend limit with the provider; retries cannot help.",
  'credential-rejected': 'Check the key of this provider in the configuration or the environment.',
  'model-not-found': 'Check the model id in `targets`; it may have been retired.',
  'request-rejected': 'Correct the request as the provider says; the same request fails again.',
  'request-too-large': 'Send less, or fewer images.',
  'context-exceeded': 'Shorten the prompt, or use a model with a larger context window.',
  'content-blocked': "Change the prompt; the provider's policy blocks this one.",
  'redirect-refused': 'Set `url` to the address that the provider redirects to, if you trust it.',
}
