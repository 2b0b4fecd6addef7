import { type Clock, sleep } from '../core/clock.ts'
import { counted } from '../core/figures.ts'
import type { PostWebhook } from './post-webhook.ts'
import { signWebhook } from './sign-webhook.ts'

/** Where messages go. */
export interface Webhook {
  readonly url: string
  /** As Standard Webhooks has it: `whsec_` and the key in base64. */
  readonly secret: string
  /** How long one delivery may take, in milliseconds. */
  readonly timeoutMs: number
}

/** A message, the same at each delivery. */
export interface WebhookMessage {
  readonly id: string
  readonly body: string
}

/** What a line needs. */
export interface WebhookLineOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly post: PostWebhook
  /** Hears of each message that is given up. Must not throw. */
  readonly tell: (problem: string) => void
}

/** How many messages wait at most; of more, the oldest that is not under way goes. */
const mostWaiting = 1_000
/** What is waited after each failure, in milliseconds; half of it at least, for the rest is drawn. */
const pausesMs: readonly number[] = [5_000, 30_000, 120_000, 600_000, 1_800_000, 7_200_000]
/** The receiver wants nothing more, ever. */
const gone = 410

/** Messages on their way to one receiver, in their order, one at a time, each tried until it is taken or given up. */
export class WebhookLine {
  readonly #webhook: Webhook
  readonly #options: WebhookLineOptions
  readonly #waiting: WebhookMessage[] = []
  readonly #leaving = new AbortController()
  readonly #stopped = new AbortController()
  #working: Promise<void> | undefined
  #failure: string | undefined
  #isGone = false
  #lost = 0

  constructor(webhook: Webhook, options: WebhookLineOptions) {
    this.#webhook = webhook
    this.#options = options
  }

  /** Takes the message and returns at once. */
  push(message: WebhookMessage): void {
    if (this.#isGone) {
      this.#lose(`it wants no more (HTTP ${gone})`)
      return
    }
    if (this.#waiting.length >= mostWaiting) {
      this.#waiting.splice(1, 1)
      this.#lose(`${counted(mostWaiting, 'message')} wait already`)
    }
    this.#waiting.push(message)
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  /** What is wrong with it, until a message is taken again; undefined where all is well. */
  problem(): string | undefined {
    if (this.#failure === undefined && this.#lost === 0) return undefined
    const parts = [
      ...(this.#failure === undefined ? [] : [this.#failure]),
      ...(this.#waiting.length === 0 ? [] : [`${counted(this.#waiting.length, 'message')} waiting`]),
      ...(this.#lost === 0 ? [] : [`${counted(this.#lost, 'message')} given up`]),
    ]
    return `The webhook ${this.#name} fails: ${parts.join(', ')}.`
  }

  /** Tries what waits once more, for so long at most, and gives up the rest. */
  async close(graceMs: number): Promise<void> {
    this.#leaving.abort()
    const timer = this.#options.clock.timer(graceMs, () => this.#stopped.abort())
    await this.#working
    timer.cancel()
  }

  /** Without its path, for that may be a secret. */
  get #name(): string {
    return new URL(this.#webhook.url).origin
  }

  async #work(): Promise<void> {
    for (let message = this.#waiting[0]; message; message = this.#waiting[0]) {
      const failure = await this.#deliver(message)
      this.#waiting.shift()
      if (failure !== undefined) this.#lose(failure)
    }
  }

  /** Why it was given up; undefined where it was taken. */
  async #deliver(message: WebhookMessage): Promise<string | undefined> {
    const { clock, random } = this.#options
    for (const pauseMs of [...pausesMs, undefined]) {
      if (this.#isGone || this.#stopped.signal.aborted) break
      this.#failure = await this.#post(message)
      if (this.#failure === undefined) {
        this.#lost = 0
        return undefined
      }
      if (pauseMs === undefined || this.#leaving.signal.aborted) break
      // Whoever closes meanwhile has it tried at once.
      await sleep(clock, pauseMs * (0.5 + random() / 2), this.#leaving.signal).catch(() => undefined)
    }
    return this.#failure ?? 'there was no time for it any more'
  }

  /** What went wrong. */
  async #post({ id, body }: WebhookMessage): Promise<string | undefined> {
    const { clock, post } = this.#options
    const { url, secret, timeoutMs } = this.#webhook
    const late = new AbortController()
    const timer = clock.timer(timeoutMs, () => late.abort())
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'inseam',
      ...signWebhook(secret, id, Math.floor(clock.date() / 1000), body),
    }
    try {
      const status = await post(url, headers, body, AbortSignal.any([late.signal, this.#stopped.signal]))
      if (status >= 200 && status < 300) return undefined
      this.#isGone ||= status === gone
      return `HTTP ${status}`
    } catch (thrown) {
      return late.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(thrown)
    } finally {
      timer.cancel()
    }
  }

  #lose(because: string): void {
    this.#lost++
    this.#options.tell(
      `A message to the webhook ${this.#name} was given up: ${because}. It is in the record of its call.`,
    )
  }
}

/** What `fetch` says of itself is "fetch failed"; its cause has a code. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return thrown instanceof Error ? thrown.name : 'it could not be sent'
}
