import type { Clock } from '../core/clock.ts'
import { newId } from '../core/identifier.ts'
import type { JsonObject } from '../core/json.ts'
import { type PostWebhook, postWebhook } from './post-webhook.ts'
import { type Webhook, WebhookLine } from './webhook-line.ts'

/** What sending webhooks needs. */
export interface WebhooksOptions {
  readonly clock: Clock
  readonly random: () => number
  /** Where messages go, as it is at this moment. */
  readonly receivers: () => readonly Webhook[]
  /** Default: over HTTP. */
  readonly post?: PostWebhook
  /** Hears of each message that is given up. Must not throw. Default: a process warning. */
  readonly tell?: (problem: string) => void
}

/** Tells others what happened, without anybody waiting for it. */
export interface Webhooks {
  /** Sends a message to every receiver. Never throws and never waits. */
  send(type: string, data: JsonObject): void
  /** What could not be delivered, and why. */
  problems(): readonly string[]
  /** Tries what waits once more, for at most `graceMs`. Never rejects. */
  close(graceMs: number): Promise<void>
}

/**
 * Webhooks as Standard Webhooks has them: signed, told apart by their ids, each tried again for some three hours where its receiver
 * does not answer with 2xx. What waits is in memory: a process that dies loses it.
 */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { clock, random, receivers, post = postWebhook, tell = warn } = options
  const lines = new Map<string, WebhookLine>()
  const lineOf = (webhook: Webhook): WebhookLine => {
    const key = JSON.stringify(webhook)
    const line = lines.get(key) ?? new WebhookLine(webhook, { clock, random, post, tell })
    lines.set(key, line)
    return line
  }
  return {
    send(type, data) {
      const at = clock.date()
      const id = newId('msg', at, random)
      const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data })
      for (const receiver of receivers()) lineOf(receiver).push({ id, body })
    },
    problems: () => receivers().flatMap((receiver) => lines.get(JSON.stringify(receiver))?.problem() ?? []),
    async close(graceMs) {
      await Promise.all([...lines.values()].map((line) => line.close(graceMs)))
    },
  }
}

const warn = (problem: string): void => process.emitWarning(problem, 'InseamWarning')
