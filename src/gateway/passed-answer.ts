import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Passage, PassageSink, PassedHead } from '../core/passage.ts'
import { writeAtPace } from './write-at-pace.ts'

/** What an answer is passed on with. */
export interface PassedAnswerOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly passage: Passage
  readonly callId: string
  readonly signal: AbortSignal
  /** How long the client may take nothing, in milliseconds. */
  readonly readerTimeoutMs: number
}

/** A sink that writes to the client. */
export interface PassedAnswer extends PassageSink {
  /** Whether all of the answer was taken. */
  readonly isWhole: boolean
  /** Ends the client's answer, once it is whole and on the record. */
  finish(): void
}

/** An answer whose addresses are rewritten is held up to this many bytes; a longer one goes on as it is. */
const maxHeldBytes = 1024 * 1024

/**
 * Passes an answer on as it comes. One kind is held until it is whole: Anthropic's batches, whose `results_url` its client goes to
 * with its key. That address becomes the gateway's own, as those in headers do; nothing else of any body is touched.
 */
export function passedAnswer(options: PassedAnswerOptions): PassedAnswer {
  const { request, response, passage, callId, signal, readerTimeoutMs } = options
  const write = writeAtPace(response, signal, readerTimeoutMs)
  const address = addressOf(request, passage.provider)
  let held: Uint8Array[] | undefined
  let heldBytes = 0
  let head: PassedHead | undefined

  const open = (length?: number): void => {
    if (!head) return
    const led = Object.fromEntries(Object.entries(head.addresses).map(([name, path]) => [name, address + path]))
    const own = { 'x-inseam-call': callId, 'x-inseam-target': passage.provider, 'x-inseam-source': 'provider' }
    const measured = length === undefined ? {} : { 'content-length': length }
    response.writeHead(head.status, { ...head.headers, ...led, ...measured, ...own })
    response.flushHeaders()
  }
  const answer: { -readonly [Key in keyof PassedAnswer]: PassedAnswer[Key] } = {
    isWhole: false,
    head: (passed) => {
      head = passed
      if (tellsAddress(passage, passed)) held = []
      else open()
    },
    write: (bytes) => {
      if (!held) return write(bytes)
      held.push(bytes)
      heldBytes += bytes.byteLength
      if (heldBytes <= maxHeldBytes) return undefined
      const all = Buffer.concat(held)
      held = undefined
      open()
      return write(all)
    },
    end: () => {
      answer.isWhole = true
    },
    finish: () => {
      if (!held || !head) return void response.end()
      const text = Buffer.concat(held).toString('utf8')
      const body = Buffer.from(text.replaceAll(`"${head.root}/`, `"${address}/v1/`))
      open(body.length)
      response.end(body)
    },
  }
  return answer
}

/** Where a batch tells its client to go on. */
const batches = /^(?:\/v1)?\/messages\/batches(?:\/[^/]+(?:\/cancel)?)?$/

/** Whether an answer to this may be one that tells its client where to go on: then it must not be compressed. */
export function mayTellAddress({ path }: Pick<Passage, 'path'>): boolean {
  return batches.test(path)
}

function tellsAddress(passage: Passage, { status, headers }: PassedHead): boolean {
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity'
  return (
    status < 300 && mayTellAddress(passage) && isPlain && /^application\/json\b/.test(String(headers['content-type']))
  )
}

/** A provider as the client reaches it: through here. */
function addressOf({ headers }: IncomingMessage, provider: string): string {
  const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
  return `${scheme}://${headers.host}/providers/${provider}`
}
