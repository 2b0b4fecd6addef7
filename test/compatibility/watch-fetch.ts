/** One exchange of a client with the gateway. */
export interface Asked {
  /** The call's id, where an answer came. */
  readonly callId: string | null
  readonly streamed: boolean
  /** As the header spells them. */
  readonly losses: readonly string[]
}

/** Watches what this process fetches, and lets nothing leave this machine. What it saw so far is in the list. */
export function watchFetch(): { readonly asked: readonly Asked[]; restore(): void } {
  const original = globalThis.fetch
  const asked: Asked[] = []
  globalThis.fetch = async function watched(input, init) {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.hostname !== '127.0.0.1') throw new Error(`Something asked ${url.href}: nothing may leave this machine.`)
    const at = asked.push({ callId: null, streamed: false, losses: [] }) - 1
    const response = await original(input, init)
    asked[at] = {
      callId: response.headers.get('x-inseam-call'),
      streamed: response.headers.get('content-type')?.startsWith('text/event-stream') ?? false,
      losses: response.headers.get('x-inseam-loss')?.split(', ') ?? [],
    }
    return response
  }
  return {
    asked,
    restore() {
      globalThis.fetch = original
    },
  }
}
