/** One HTTP/1.1 message that was read from a socket. */
export interface Message {
  /** Start line and headers. */
  readonly head: string
  readonly body: Buffer
}

/**
 * Splits what a socket brings into messages, as far as this benchmark's own peers go: `content-length`, or chunks up to the
 * last one, and no pipelining. Small on purpose: load and upstream should leave the CPU to what is measured.
 */
export function readMessages(onMessage: (message: Message) => void): (bytes: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0)
  let head: string | undefined
  let bodyStart = 0
  let length = 0
  let isChunked = false

  const readHead = (): boolean => {
    const end = pending.indexOf('\r\n\r\n')
    if (end === -1) return false
    head = pending.toString('latin1', 0, end)
    bodyStart = end + 4
    isChunked = /\r\ntransfer-encoding: *chunked/i.test(head)
    length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    return true
  }
  const isWhole = (): boolean =>
    isChunked ? pending.subarray(-5).toString('latin1') === '0\r\n\r\n' : pending.length >= bodyStart + length

  return (bytes) => {
    // Of a chunked body only its end is of interest, and copying the rest would cost its square.
    if (head !== undefined && isChunked && bytes.length >= 5) pending = bytes
    else pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes])
    if (head === undefined && !readHead()) return
    if (head === undefined || !isWhole()) return
    const message = { head, body: isChunked ? Buffer.alloc(0) : pending.subarray(bodyStart, bodyStart + length) }
    pending = isChunked ? Buffer.alloc(0) : pending.subarray(bodyStart + length)
    head = undefined
    onMessage(message)
  }
}
