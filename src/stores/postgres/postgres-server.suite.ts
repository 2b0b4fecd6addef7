import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '../free-port.suite.ts'

const binaries = findBinaries()

/** Whether this machine has a Postgres that can be started: `describe.skipIf(!hasPostgres)`. */
export const hasPostgres = binaries !== undefined

/** A Postgres of its own on a private port, gone with its data when it is disposed of. */
export interface PostgresServer extends AsyncDisposable {
  /** Of an empty database. */
  readonly url: string
  /** Kills it with all of its processes, as a crash of the machine does; what it wrote is kept. */
  kill(): Promise<void>
  /** Starts it again, on the same port and data. */
  restart(): Promise<void>
}

/** Starts a Postgres of the machine in a temporary folder, as the user `postgres` where this one is root. */
export async function startPostgres(): Promise<PostgresServer> {
  if (!binaries) throw new Error('This machine has no Postgres.')
  const folder = mkdtempSync(join(tmpdir(), 'inseam-postgres-'))
  const user = unprivileged()
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const made = spawnSync(
    join(binaries, 'initdb'),
    [
      '--pgdata',
      data,
      '--username',
      'inseam',
      '--auth',
      'trust',
      '--encoding',
      'UTF8',
      '--no-sync',
      '--no-instructions',
    ],
    { ...user, cwd: folder, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stderr}`)
  const port = await freePort()
  const begin = () => start(join(binaries, 'postgres'), data, folder, port, user)
  let running = await begin()
  const kill = async () => {
    if (running.exitCode !== null || running.signalCode !== null) return
    // The others end with their parent, at once.
    running.kill('SIGQUIT')
    await once(running, 'exit')
  }
  return {
    url: `postgres://inseam@127.0.0.1:${port}/postgres`,
    kill,
    async restart() {
      await kill()
      running = await begin()
    },
    async [Symbol.asyncDispose]() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface User {
  readonly uid: number
  readonly gid: number
}

async function start(
  binary: string,
  data: string,
  folder: string,
  port: number,
  user: User | undefined,
): Promise<ChildProcess> {
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'max_connections=100',
    // A process that is killed loses nothing by it; only a machine that loses its power would.
    'fsync=off',
    'logging_collector=off',
    'lc_messages=C',
  ].flatMap((setting) => ['-c', setting])
  const child = spawn(binary, ['-D', data, ...settings], { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const told: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    told.push(line)
    if (!line.includes('database system is ready to accept connections')) continue
    child.stderr.resume()
    return child
  }
  throw new Error(`Postgres did not start:\n${told.join('\n')}`)
}

/** Postgres refuses to run as root. */
function unprivileged(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}

/** Debian keeps them off the path, a folder a version. */
function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((left, right) => Number(right) - Number(left)) : []
  const folders = [...(process.env.PATH ?? '').split(':'), ...versions.map((version) => join(debian, version, 'bin'))]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}
