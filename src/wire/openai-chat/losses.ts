import type { JsonValue } from '../../core/json.ts'
import type { BlockExtras, Message, ThinkingBlock } from '../../core/message.ts'
import type { Loss } from '../../core/request.ts'
import { dialect } from './types.ts'

/** Collects what the dialect cannot say, each thing once. */
export interface LossList {
  dropped(path: string, detail: string): void
  approximated(path: string, detail: string): void
  /** Names each field that another dialect said here. */
  foreignExtras(extras: BlockExtras | undefined, path: string): void
  readonly list: readonly Loss[]
}

/** An empty list of losses. */
export function collectLosses(): LossList {
  const list: Loss[] = []
  const seen = new Set<string>()
  const add = (path: string, effect: Loss['effect'], detail: string): void => {
    const key = `${effect} ${path} ${detail}`
    if (seen.has(key)) return
    seen.add(key)
    list.push({ path, effect, detail })
  }
  return {
    list,
    dropped: (path, detail) => add(path, 'dropped', detail),
    approximated: (path, detail) => add(path, 'approximated', detail),
    foreignExtras(extras, path) {
      if (!extras || extras.dialect === dialect) return
      for (const [key, value] of Object.entries(extras.fields)) {
        if (!saysNothing(key, value))
          add(path === '' ? key : `${path}.${key}`, 'dropped', `${dialect} has no word for it.`)
      }
    },
  }
}

/** What other dialects write to say what holds anyway. `role` only tells how they place a message that this one places itself. */
const defaults: ReadonlyMap<string, JsonValue | undefined> = new Map([
  ['role', 'system'],
  ['service_tier', 'auto'],
  ['speed', 'standard'],
])

/** Whether a field of another dialect can be left out without losing anything. */
export function saysNothing(key: string, value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (defaults.has(key) && defaults.get(key) === value)
}

/** What an answer in this dialect cannot say of another dialect's reasoning. */
export function reportThinking(block: ThinkingBlock, path: string, losses: LossList): void {
  if (block.signature) losses.dropped(`${path}.signature`, `it proves the reasoning to ${block.dialect} only.`)
  if (block.redacted) losses.dropped(`${path}.data`, `only ${block.dialect} can read it.`)
  if (block.dialect !== dialect && !block.redacted) {
    losses.approximated(path, 'reasoning stands in reasoning_content, a field of compatible hosts.')
  }
}

/** Where a message stood, and its blocks, in the dialect that said it. */
export interface Place {
  readonly message: string
  block(index: number): string
}

/**
 * The places of messages as the Messages API counts them, the only other dialect: a leading system prompt stands apart, in
 * `system`.
 */
export function placesOf(messages: readonly Message[]): (index: number) => Place {
  const [first] = messages
  const hasSystem = first?.role === 'system' && first.extras?.fields.role === undefined
  return (index) => {
    if (hasSystem && index === 0) return { message: 'system', block: (block) => `system[${block}]` }
    const message = `messages[${hasSystem ? index - 1 : index}]`
    return { message, block: (block) => `${message}.content[${block}]` }
  }
}
