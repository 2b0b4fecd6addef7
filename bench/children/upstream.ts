import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type StreamedAnswer, streamedAnswer, wholeAnswer } from './answers.ts'
import { type Message, readMessages } from './http-messages.ts'
import { serve } from './serve.ts'

/** How streams are sent. */
export interface Pace {
  readonly deltas: number
  /** Milliseconds between two deltas, each in a write of its own; 0: all at once, in writes of 16 KiB. */
  readonly everyMs: number
}

/** What the mock upstream does. */
export type UpstreamCommands = {
  listen(): Promise<number>
  setPace(pace: Pace): void
}

let pace: Pace = { deltas: 64, everyMs: 0 }
const whole = new Map<string, Buffer>()

const server = createServer({ noDelay: true }, (socket) => {
  socket.on(
    'data',
    readMessages((message) => answer(socket, message)),
  )
  socket.on('error', () => socket.destroy())
})

function answer(socket: Socket, { head, body }: Message): void {
  const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'))
  if (/"stream": ?true/.test(body.toString('latin1'))) {
    const streamed = streamedAnswer(path, pace.deltas)
    if (pace.everyMs === 0) sendAtOnce(socket, streamed)
    else sendPaced(socket, streamed)
    return
  }
  let bytes = whole.get(path)
  if (!bytes) {
    bytes = wholeAnswer(path)
    whole.set(path, bytes)
  }
  socket.write(bytes)
}

function sendAtOnce(socket: Socket, { opening, delta, closing }: StreamedAnswer): void {
  const perWrite = Math.max(1, Math.floor(16_384 / delta.length))
  socket.write(opening)
  for (let left = pace.deltas; left > 0; left -= perWrite) {
    socket.write(Buffer.concat(Array.from({ length: Math.min(left, perWrite) }, () => delta)))
  }
  socket.write(closing)
}

function sendPaced(socket: Socket, { opening, delta, closing }: StreamedAnswer): void {
  let left = pace.deltas
  socket.write(opening)
  const timer = setInterval(() => {
    if (left-- > 0 && !socket.destroyed) {
      socket.write(delta)
      return
    }
    clearInterval(timer)
    socket.write(closing)
  }, pace.everyMs)
}

serve({
  listen: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    }),
  setPace: (next: Pace) => {
    pace = next
  },
} satisfies UpstreamCommands)
