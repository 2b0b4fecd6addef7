import type { AddressKind } from './addresses/addresses.ts'
import type { AttemptLog } from './books/attempt-log.ts'
import type { Invoice } from './books/invoice.ts'
import type { Pace, Scenario } from './scenario/scenario.ts'

export interface SimulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** What every answer and every chance is drawn from. Default 1. */
  readonly seed?: number
  /** Default: no rules. */
  readonly scenario?: Scenario
  /** Default: no delay at all. */
  readonly pace?: Pace
  /** How many tokens one content delta of a stream carries. Default 1. */
  readonly tokensPerDelta?: number
  /** Whether the log holds the request bodies. Default false. */
  readonly keepBodies?: boolean
  /** How many lines the invoice and the log keep, the newest; totals cover all. Default 100,000. */
  readonly keepLines?: number
  /** Milliseconds since 1970, for timestamps and the age of cached prompts. Default: the system's clock. */
  readonly now?: () => number
}

/** A model provider on a real socket. Close it, or hold it with `await using`. */
export interface Simulator extends AsyncDisposable {
  /** Such as `http://127.0.0.1:4010`; the OpenAI base URL is this with `/v1`, Anthropic's is this. */
  readonly url: string
  readonly port: number
  /** An address on which nothing listens. */
  readonly refusedUrl: string
  /**
   * A base URL at which a connection goes wrong, or TLS is spoken; opened with its first use, closed with the simulator.
   *
   * - `unresolvable`: a name that no DNS knows.
   * - `blackhole`: a connection never comes about, and is not refused either.
   * - `stalled-tls`: a connection comes about, and its TLS handshake is never answered.
   * - `tls`: this simulator over HTTPS, with a certificate that `authority` signed.
   * - `tls-expired`, `tls-wrong-host`: the same, with a certificate that is no longer valid, or another host's.
   * - `tls-untrusted`: the same, with a certificate that nobody's authority signed.
   *
   * Those that speak TLS need the packages `@peculiar/x509` and `reflect-metadata`, and reject where they are not installed.
   */
  address(kind: AddressKind): Promise<string>
  /** The certificate, in PEM, of the authority that clients of `tls` have to trust. */
  authority(): Promise<string>
  /** What it would bill so far. */
  invoice(): Invoice
  /** What arrived so far, in the order of arrival, exchanges under way included. */
  log(): readonly AttemptLog[]
  /** Forgets invoice, log, prompt caches and every count; the scenario stays and starts over. */
  reset(): void
  /** Replaces the scenario and starts its counts over. Throws `ScenarioInvalid`. */
  setScenario(scenario: Scenario): void
  /** Resolves when no exchange is under way. */
  idle(): Promise<void>
  /** Ends every exchange, closes every socket and timer, and stops listening. */
  close(): Promise<void>
}
