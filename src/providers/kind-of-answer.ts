import { excerpt } from '../wire/classify.ts'
import { type AnswerHead, header } from './answer-head.ts'
import type { Exchange, ExchangePart } from './exchange.ts'

/** How an answer has to be read. */
export interface AnswerKind {
  readonly isStream: boolean
  /** What it is read from in place of the exchange. */
  readonly exchange: Exchange
  /** Its content type, where that says something else. */
  readonly doubt?: string
}

/**
 * Whether an answer is a stream: by its type, and where a stream was asked for and the type is not that of one, by how the body begins.
 * Hosts and proxies answer with types of their own.
 */
export async function kindOfAnswer(exchange: Exchange, head: AnswerHead, asksStream: boolean): Promise<AnswerKind> {
  const type = header(head, 'content-type') ?? ''
  const says = /event-?stream/i.test(type) ? 'stream' : /json/i.test(type) ? 'whole' : undefined
  const doubt = type === '' ? 'no content type' : `the content type ${excerpt(type, 80)}`
  if (!asksStream) return { isStream: false, exchange, ...(says !== 'whole' && { doubt }) }
  if (says === 'stream') return { isStream: true, exchange }
  const peeked = await peek(exchange)
  const isStream =
    says === 'whole' || /html/i.test(type)
      ? /^(?:data|event|id|retry)?:/.test(peeked.begin)
      : !/^\s*[{[<]/.test(peeked.begin)
  const isSaid = says === (isStream ? 'stream' : 'whole')
  return { isStream, exchange: peeked.exchange, ...(!isSaid && { doubt }) }
}

/** Enough to tell a field of an event. */
const enoughBytes = 8

/** The first characters of a body, and the exchange as if they had not been read. */
async function peek(exchange: Exchange): Promise<{ readonly begin: string; readonly exchange: Exchange }> {
  const parts: ExchangePart[] = []
  const chunks: Buffer[] = []
  while (Buffer.concat(chunks).length < enoughBytes) {
    const part = await exchange.next()
    parts.push(part)
    if (part.type === 'end') break
    if (part.type === 'data') chunks.push(part.bytes)
  }
  const begin = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\ufeff/, '')
  return { begin, exchange: { ...exchange, next: async () => parts.shift() ?? exchange.next() } }
}
