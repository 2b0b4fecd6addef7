import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { freePort } from '../free-port.suite.ts'

/** Whether this machine has `redis-server`: `describe.skipIf(!hasRedis)`. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** A Redis of its own on a private port, which keeps nothing and is gone when it is disposed of. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string
  /** Kills it, as a crash does; what it held is lost. */
  kill(): Promise<void>
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>
}

/** Starts a `redis-server` of the machine. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  let running = await start(port)
  const kill = async () => {
    if (running.exitCode !== null || running.signalCode !== null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill()
      running = await start(port)
    },
    [Symbol.asyncDispose]: kill,
  }
}

async function start(port: number): Promise<ChildProcess> {
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--daemonize',
    'no',
  ]
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] })
  const told: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    told.push(line)
    if (!line.includes('Ready to accept connections')) continue
    child.stdout.resume()
    return child
  }
  throw new Error(`redis-server did not start:\n${told.join('\n')}`)
}
