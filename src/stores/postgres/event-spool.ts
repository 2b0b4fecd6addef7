import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { SeamEvent } from '../../core/event.ts'

/** Where events wait on disk, and how much room they may take. */
export interface SpoolOptions {
  /** The folder; it is made with the first event that waits. */
  readonly path: string
  /** Of this process's own files. */
  readonly maxBytes: number
}

/** Events of one file. */
export interface Spooled {
  readonly events: readonly SeamEvent[]
  /** Lines that are none: what was being written when its process died. */
  readonly broken: number
  /** Whether it was left by another process, or by this one's life before. */
  readonly isInherited: boolean
  /** Takes it off the disk: its events are stored. */
  remove(): Promise<void>
}

/** Events that wait on disk, oldest first. Its methods are called one after the other. */
export interface EventSpool {
  /** Own events that wait. */
  readonly waiting: number
  /** Appends them, durable once it resolves. Gives how many had room. Rejects as the file system does, and then has none of them. */
  append(events: readonly SeamEvent[]): Promise<number>
  /** The oldest file, or `undefined`: nothing waits. It stays until it is removed. */
  next(): Promise<Spooled | undefined>
  /** Says that this process lives, so that nobody else takes over what it writes. */
  touch(): Promise<void>
  /** Closes the file; what waits stays on disk. */
  close(): Promise<void>
}

/** One file holds about so much, and is sent as a whole. */
const fileBytes = 4 * 2 ** 20
/** Files whose process did not touch them for so long are nobody's. */
const abandonedMs = 60_000

/**
 * Files of JSON lines, one event each. A file that is written is named `….open`, one that is whole `….jsonl`; both begin with the time,
 * and name the host, the process and its start. Any number of processes may share the folder: what another one left is taken over once
 * that is gone.
 */
export function createEventSpool({ path, maxBytes }: SpoolOptions): EventSpool {
  return new FileSpool(path, maxBytes)
}

interface OwnFile {
  readonly name: string
  readonly handle: FileHandle
  bytes: number
  events: number
}

class FileSpool implements EventSpool {
  readonly #path: string
  readonly #maxBytes: number
  readonly #self = `${hostname().replaceAll(/[^\w]/g, '-')}.${process.pid}.${randomBytes(4).toString('hex')}`
  readonly #own = new Map<string, { readonly bytes: number; readonly events: number }>()
  #current: OwnFile | undefined
  #files = 0
  #bytes = 0
  waiting = 0

  constructor(path: string, maxBytes: number) {
    this.#path = path
    this.#maxBytes = maxBytes
  }

  async append(events: readonly SeamEvent[]): Promise<number> {
    let text = ''
    let bytes = 0
    let count = 0
    for (const event of events) {
      const line = `${JSON.stringify(event, writable)}\n`
      const size = Buffer.byteLength(line)
      if (this.#bytes + bytes + size > this.#maxBytes) break
      text += line
      bytes += size
      count++
    }
    if (count === 0) return 0
    const file = await this.#writable()
    try {
      await file.handle.appendFile(text)
      await file.handle.datasync()
    } catch (error) {
      // Half a line may be there: nothing is written behind it.
      await file.handle.truncate(file.bytes).catch(() => {})
      throw error
    }
    file.bytes += bytes
    file.events += count
    this.#bytes += bytes
    this.waiting += count
    return count
  }

  async next(): Promise<Spooled | undefined> {
    const names = await this.#names()
    await this.#forgetGone(names)
    for (const name of names) {
      if (name === this.#current?.name) await this.#seal()
      const whole = await this.#whole(name)
      if (whole === undefined) continue
      const text = await readFile(join(this.#path, whole), 'utf8').catch(unlessGone)
      if (text === undefined) continue
      const { events, broken } = parse(text)
      return { events, broken, isInherited: !this.#own.has(whole), remove: () => this.#remove(whole) }
    }
    return undefined
  }

  async touch(): Promise<void> {
    const now = new Date()
    const own = [...this.#own.keys(), ...(this.#current ? [this.#current.name] : [])]
    for (const name of own) await utimes(join(this.#path, name), now, now).catch(unlessGone)
  }

  async close(): Promise<void> {
    if (this.#current) await this.#seal()
  }

  async #writable(): Promise<OwnFile> {
    if (this.#current && this.#current.bytes >= fileBytes) await this.#seal()
    if (this.#current) return this.#current
    await mkdir(this.#path, { recursive: true })
    const order = `${Date.now().toString().padStart(15, '0')}-${String(++this.#files).padStart(6, '0')}`
    const name = `${order}.${this.#self}.open`
    this.#current = { name, handle: await open(join(this.#path, name), 'ax', 0o600), bytes: 0, events: 0 }
    return this.#current
  }

  async #seal(): Promise<void> {
    const { name, handle, bytes, events } = this.#current!
    this.#current = undefined
    await handle.close()
    const whole = sealed(name)
    await rename(join(this.#path, name), join(this.#path, whole))
    this.#own.set(whole, { bytes, events })
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#path, name), { force: true })
    this.#forget(name)
  }

  /** Whoever took a process for dead has sent what it wrote. */
  async #forgetGone(names: readonly string[]): Promise<void> {
    const current = this.#current
    if (current && !names.includes(current.name)) {
      this.#current = undefined
      await current.handle.close()
      this.#own.set(current.name, current)
    }
    for (const name of [...this.#own.keys()]) if (!names.includes(name)) this.#forget(name)
  }

  #forget(name: string): void {
    const own = this.#own.get(name)
    if (!own) return
    this.#own.delete(name)
    this.#bytes -= own.bytes
    this.waiting -= own.events
  }

  async #names(): Promise<string[]> {
    const names = (await readdir(this.#path).catch(unlessGone)) ?? []
    return names.filter((name) => /\.(?:open|jsonl)$/.test(name)).sort()
  }

  /** The name of the file once nobody writes to it; `undefined` while it is somebody else's. */
  async #whole(name: string): Promise<string | undefined> {
    const whole = sealed(name)
    if (this.#own.has(whole)) return whole
    const info = await stat(join(this.#path, name)).catch(unlessGone)
    if (!info || !(isOfTheDead(name, this.#self) || Date.now() - info.mtimeMs > abandonedMs)) return undefined
    if (name === whole) return whole
    const isTaken = await rename(join(this.#path, name), join(this.#path, whole)).then(() => true, unlessGone)
    return isTaken ? whole : undefined
  }
}

/** What JSON cannot say is told as text: an event is worth more than one odd field. */
const writable = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

const sealed = (name: string): string => name.replace(/\.open$/, '.jsonl')

/** Whether a file was written by a process of this host that is gone. */
function isOfTheDead(name: string, self: string): boolean {
  const [, host, id] = name.split('.')
  const [ownHost, ownId] = self.split('.')
  // A container's process has the same number in each of its lives, and so may that of another container: time tells.
  if (host !== ownHost || id === ownId) return false
  try {
    process.kill(Number(id), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function parse(text: string): { events: SeamEvent[]; broken: number } {
  const events: SeamEvent[] = []
  let broken = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      events.push(JSON.parse(line) as SeamEvent)
    } catch {
      broken++
    }
  }
  return { events, broken }
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
  return undefined
}
