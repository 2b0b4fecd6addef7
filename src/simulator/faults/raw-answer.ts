import { type Fault, numberParam } from './faults.ts'

/** An answer as it goes on the socket, to the byte, behind its status line and its own headers. */
export interface RawAnswer {
  /** Header lines beside the answer's own. */
  readonly lines: readonly string[]
  /** Buffers are of the body, texts are HTTP's. */
  readonly parts: readonly (string | Buffer)[]
  /** Whether FIN follows; else it is the client that has to close the connection. */
  readonly closes: boolean
  /** The pause behind each byte of the head, in milliseconds. */
  readonly headByteMs?: number
}

/** Spells an answer from its whole body. */
export type SpellAnswer = (body: Buffer) => RawAnswer

/** How a fault of HTTP itself spells an answer; nothing for any other fault. */
export function spellingOf(fault: Fault): SpellAnswer | undefined {
  switch (fault.type) {
    case 'closed-after-answer': {
      const connection = `connection: ${fault.announced === false ? 'keep-alive' : 'close'}`
      return (body) => ({ lines: [lengthOf(body), connection], parts: [body], closes: true })
    }
    case 'headers-dripped': {
      const headByteMs = numberParam(fault, 'intervalMs')
      return (body) => ({ lines: [lengthOf(body), 'connection: close'], parts: [body], closes: true, headByteMs })
    }
    case 'headers-too-large': {
      const padding = `x-padding: ${'x'.repeat(numberParam(fault, 'bytes'))}`
      return (body) => ({ lines: [padding, lengthOf(body)], parts: [body], closes: false })
    }
    case 'content-length-twice': {
      const off = fault.same === true ? 0 : 1
      return (body) => ({ lines: [lengthOf(body), length(body.length + off)], parts: [body], closes: false })
    }
    case 'content-length-and-chunked':
      return (body) => ({ lines: [lengthOf(body), chunked], parts: [...chunk(body), lastChunk], closes: false })
    case 'body-too-short':
      return (body) => ({ lines: [lengthOf(body)], parts: [halfOf(body)], closes: true })
    case 'body-too-long':
      if (fault.forged === true)
        return (body) => ({ lines: [lengthOf(body)], parts: [body, forgedAnswer], closes: false })
      return (body) => ({ lines: [lengthOf(halfOf(body))], parts: [body], closes: false })
    case 'chunk-size-invalid':
      return (body) => ({ lines: [chunked], parts: [...chunk(halfOf(body)), 'many\r\n'], closes: false })
    case 'last-chunk-missing':
      return (body) => ({ lines: [chunked], parts: chunk(fault.half === true ? halfOf(body) : body), closes: true })
    case 'trailers':
      return (body) => ({
        lines: [chunked, 'trailer: x-checksum', 'connection: close'],
        parts: [...chunk(body), '0\r\nx-checksum: 4711\r\n\r\n'],
        closes: true,
      })
    default:
      return undefined
  }
}

const chunked = 'transfer-encoding: chunked'
const lastChunk = '0\r\n\r\n'
const forged = '{"forged":"This answer is nobody\'s."}'
const forgedAnswer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${forged.length}\r\n\r\n${forged}`

const length = (bytes: number): string => `content-length: ${bytes}`
const lengthOf = (body: Buffer): string => length(body.length)
const halfOf = (body: Buffer): Buffer => body.subarray(0, Math.floor(body.length / 2))
const chunk = (body: Buffer): (string | Buffer)[] => [`${body.length.toString(16)}\r\n`, body, '\r\n']
