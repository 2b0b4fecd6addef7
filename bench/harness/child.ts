import { fork } from 'node:child_process'

/** What a child may be asked to do, by name. */
export type Commands = Readonly<Record<string, (...input: never[]) => unknown>>

/** A process that does what it is asked. */
export interface Child<Served extends Commands> extends AsyncDisposable {
  /** Rejects with the child's own words where it fails, and when it dies. */
  ask<Name extends keyof Served & string>(
    name: Name,
    ...input: Parameters<Served[Name]>
  ): Promise<Awaited<ReturnType<Served[Name]>>>
}

/** What goes over the wire between the two. */
export type Question = { readonly id: number; readonly name: string; readonly input: readonly unknown[] }
export type Answer = { readonly id: number; readonly result?: unknown; readonly error?: string }

/** Starts `bench/children/<file>` in a process of its own, so that its CPU is its own. `words` are its arguments. */
export function startChild<Served extends Commands>(file: string, words: readonly string[] = []): Child<Served> {
  const process = fork(new URL(`../children/${file}`, import.meta.url), words)
  const waiting = new Map<number, (answer: Answer) => void>()
  const gone = new Promise<void>((resolve) => process.once('exit', () => resolve()))
  let asked = 0
  process.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  process.once('exit', (code, signal) => {
    for (const answer of waiting.values()) answer({ id: 0, error: `it ended with ${signal ?? code}` })
  })
  return {
    ask: (name, ...input) =>
      new Promise((resolve, reject) => {
        const id = ++asked
        waiting.set(id, ({ result, error }) => {
          if (error === undefined) resolve(result as never)
          else reject(new Error(`${file}, asked for "${name}": ${error}`))
        })
        process.send({ id, name, input } satisfies Question)
      }),
    async [Symbol.asyncDispose]() {
      if (process.connected) process.disconnect()
      const impatience = setTimeout(() => process.kill(), 5_000)
      await gone
      clearTimeout(impatience)
    },
  }
}
