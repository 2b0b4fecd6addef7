import { connect, type Socket } from 'node:net'
import { readMessages } from './http-messages.ts'
import { serve } from './serve.ts'

/** What is sent, and how much of it. */
export interface Load {
  readonly port: number
  readonly path: string
  readonly body: string
  readonly requests: number
  readonly connections: number
}

/** What the load generator does. */
export type LoadCommands = {
  /** Resolves when every request was answered with 200; rejects at the first that was not. */
  send(load: Load): Promise<void>
}

function send({ port, path, body, requests, connections }: Load): Promise<void> {
  const bytes = Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
      `authorization: Bearer sk-bench-client-key\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  return new Promise((resolve, reject) => {
    let sent = 0
    let answered = 0
    const sockets: Socket[] = []
    const stop = () => {
      for (const socket of sockets) socket.destroy()
    }
    for (let number = 0; number < connections; number++) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      sockets.push(socket)
      const ask = () => {
        if (sent === requests) return
        sent++
        socket.write(bytes)
      }
      const fail = (reason: string) => {
        stop()
        reject(new Error(reason))
      }
      socket.on(
        'data',
        readMessages(({ head, body }) => {
          if (!head.startsWith('HTTP/1.1 200')) return fail(`${head}\n${body.toString('utf8').slice(0, 500)}`)
          if (++answered < requests) return ask()
          stop()
          resolve()
        }),
      )
      socket.once('error', (error) => fail(error.message))
      socket.once('end', () => answered < requests && fail('a connection was closed'))
      socket.once('connect', ask)
    }
  })
}

serve({ send } satisfies LoadCommands)
