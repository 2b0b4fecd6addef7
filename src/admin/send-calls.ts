import { InseamError } from '../errors/index.ts'
import { mostCalls } from './break-it.ts'

/** Sends calls through the gateway, as any client would, so that there is something to see. */
export interface CallSender {
  /** Throws `busy` where so many more would be too many under way. */
  demandRoom(count: number): void
  /** Begins so many more and does not wait for them. Throws as {@link demandRoom} does. */
  send(count: number): void
  close(): void
}

const mostAtOnce = 8

/** Calls of a small shop: short and streamed, of two features, to both aliases. */
const questions = [
  {
    feature: 'triage-ticket',
    model: 'fast',
    content: 'Which queue does this belong in? "I was charged twice for order 7731."',
  },
  {
    feature: 'triage-ticket',
    model: 'fast',
    content: 'Which queue does this belong in? "The app logs me out every minute."',
  },
  {
    feature: 'triage-ticket',
    model: 'fast',
    content: 'Which queue does this belong in? "My parcel says delivered, it is not here."',
  },
  {
    feature: 'draft-reply',
    model: 'smart',
    content: 'Write two friendly sentences: the refund arrives within five days.',
  },
  {
    feature: 'draft-reply',
    model: 'smart',
    content: 'Write two friendly sentences: the card is on its way and needs a PIN.',
  },
] as const

/** A sender to the gateway at that address. */
export function createCallSender(gatewayUrl: string): CallSender {
  const leaving = new AbortController()
  let waiting = 0
  let underWay = 0
  let begun = 0

  const ask = async ({ feature, model, content }: (typeof questions)[number]): Promise<void> => {
    const response = await fetch(`${gatewayUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-inseam-feature': feature },
      body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content }] }),
      signal: leaving.signal,
    })
    await response.body?.pipeTo(new WritableStream())
  }
  const next = (): void => {
    while (waiting > 0 && underWay < mostAtOnce && !leaving.signal.aborted) {
      waiting--
      underWay++
      const question = questions[begun++ % questions.length]!
      // What becomes of a call is on the record, whichever way it fails.
      void ask(question)
        .catch(() => undefined)
        .finally(() => {
          underWay--
          next()
        })
    }
  }
  const demandRoom = (count: number): void => {
    const free = mostCalls - waiting - underWay
    if (count <= free) return
    throw new InseamError('busy', `${waiting + underWay} calls are under way, so ${count} more are too many.`, {
      fix: `Wait until they have ended, or send ${free} at most.`,
    })
  }
  return {
    demandRoom,
    send(count) {
      demandRoom(count)
      waiting += count
      next()
    },
    close: () => leaving.abort(),
  }
}
