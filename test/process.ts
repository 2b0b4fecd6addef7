import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How a process ended, and all that it said. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** A child process that is listened to. Disposing of it kills it. */
export interface Running extends AsyncDisposable {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** The first line from here on that matches, on either channel. Lines are heard once. Rejects where the process ends before. */
  line(matches: RegExp): Promise<string>
  kill(signal: NodeJS.Signals): void
}

/** Loading the source takes most of the time of most commands; the cache halves it. */
const compileCache = fileURLToPath(new URL('../node_modules/.cache/inseam/compile', import.meta.url))

/** Where and with what a process runs. */
export interface StartOptions {
  readonly cwd: string
  /** Beside the few variables that a process needs. No key and no proxy of this machine is passed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Whether signals reach all that it starts, as those of a terminal do. */
  readonly asTerminal?: boolean
}

/** The command line, from source. */
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

/** Starts a process. */
export function start(
  command: string,
  words: readonly string[],
  { cwd, env = {}, asTerminal = false }: StartOptions,
): Running {
  const { PATH = '', HOME = '' } = process.env
  const own = { PATH, HOME, NODE_COMPILE_CACHE: compileCache }
  const child = spawn(command, words, {
    cwd,
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: asTerminal,
  })
  const said = { out: '', err: '' }
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const hear = (channel: 'out' | 'err') => {
    let rest = ''
    return (text: string) => {
      said[channel] += text
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
      for (const look of waiting) look()
    }
  }
  child.stdout.setEncoding('utf8').on('data', hear('out'))
  child.stderr.setEncoding('utf8').on('data', hear('err'))
  let isOver = false
  const kill = (signal: NodeJS.Signals) => {
    if (!asTerminal) child.kill(signal)
    else if (child.pid !== undefined && !isOver) process.kill(-child.pid, signal)
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      isOver = true
      resolve({ code, signal, ...said })
      for (const look of waiting) look()
    })
  })
  return {
    pid: child.pid ?? 0,
    ended,
    line: (matches) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const at = lines.findIndex((line) => matches.test(line))
          if (at === -1 && !isOver) return
          waiting.delete(look)
          if (at === -1) reject(new Error(`It ended without a line like ${matches}:\n${said.out}\n${said.err}`))
          else resolve(lines.splice(0, at + 1).at(-1) ?? '')
        }
        waiting.add(look)
        look()
      }),
    kill,
    async [Symbol.asyncDispose]() {
      if (!isOver) kill('SIGKILL')
      await ended
    },
  }
}

/** Starts the command line, on the Node that runs the tests and with the flag that its first line gives it. */
export const startInseam = (words: readonly string[], options: StartOptions): Running =>
  start(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...words], options)

/** Runs the command line to its end. */
export const inseam = (words: readonly string[], options: StartOptions): Promise<Ended> =>
  startInseam(words, options).ended
