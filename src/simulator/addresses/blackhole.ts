import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Opened } from './opened.ts'

/** Listens, tells its port, and never accepts: the thread waits until it is told to stop. */
const listener = `
const { createServer } = require('node:net')
const { parentPort, workerData } = require('node:worker_threads')
const server = createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  Atomics.wait(workerData, 0, 0)
  server.close()
})
`

/** More connections than any system keeps for a listener that never accepts and asked for one. */
const most = 32

/** How long a connection on this machine may take to come about before it is taken for one that never will, in milliseconds. */
const patienceMs = 300

/** An address at which a connection never comes about: its listener's queue is full, so the system answers no further SYN. */
export async function openBlackhole(): Promise<Opened> {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(listener, { eval: true, workerData: stop })
  worker.unref()
  const [port] = (await once(worker, 'message')) as [number]
  const fillers: Socket[] = []
  const close = async (): Promise<void> => {
    for (const socket of fillers) socket.destroy()
    Atomics.store(stop, 0, 1)
    Atomics.notify(stop, 0)
    await worker.terminate()
  }
  for (let isOpen = true; isOpen; ) {
    const socket = connect({ port, host: '127.0.0.1' }).unref()
    fillers.push(socket)
    isOpen = await connects(socket)
    if (!isOpen || fillers.length < most) continue
    await close()
    throw new Error(`This system connects to a listener that never accepts, ${most} times over: it has no black hole.`)
  }
  return { url: `http://127.0.0.1:${port}`, close }
}

function connects(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs, false)
    socket.on('error', () => undefined)
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
