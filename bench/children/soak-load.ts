import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { type Door, doors, type Ending, endOf } from '../soak/doors.ts'
import { serve } from './serve.ts'

/** What asks during a soak. */
export type SoakLoadCommands = {
  /** Asks without pause, so many at a time, until `stop`. */
  start(port: number, concurrency: number): void
  /** What came out so far. */
  tally(): Tally
  /** Resolves when the last answer has come. */
  stop(): Promise<Tally>
}

/** Answers by how they ended. */
export interface Tally {
  readonly counts: Readonly<Record<Ending | 'left', number>>
  /** What was neither an answer nor an error: some of it. */
  readonly broken: readonly string[]
}

const counts: Record<Ending | 'left', number> = { complete: 0, refused: 0, 'failed midway': 0, broken: 0, left: 0 }
const broken: string[] = []
const agent = new Agent({ connections: 512, headersTimeout: 30_000, bodyTimeout: 30_000 })
const models = ['plain', 'spread', 'hedged', 'spliced', 'held', 'shared']
let isStopped = false
let workers: Promise<unknown> = Promise.resolve()

const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T

async function ask(port: number): Promise<void> {
  const door: Door = pick(doors)
  const model = pick(models)
  const stream = Math.random() < 0.6
  const leaving = new AbortController()
  const leavesAfter = Math.random() < 0.1 ? Math.random() * 60 : undefined
  const timer = leavesAfter === undefined ? undefined : setTimeout(() => leaving.abort(), leavesAfter)
  const isSlow = Math.random() < 0.02
  try {
    const { path, body } = door.ask(model, stream, `Question ${Math.floor(Math.random() * 50)}: where is my parcel?`)
    const answer = await request(`http://127.0.0.1:${port}${path}`, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer sk-soak',
        ...(Math.random() < 0.02 && { 'x-inseam-deadline-ms': '30' }),
      },
      body: JSON.stringify(body),
      signal: leaving.signal,
    })
    let text = ''
    for await (const chunk of answer.body) {
      text += chunk
      if (isSlow) await sleep(20)
    }
    const ending = endOf(door, answer.statusCode, text, stream)
    counts[ending]++
    if (ending === 'broken' && broken.length < 10) {
      broken.push(`${door.name} ${model} ${stream ? 'streamed' : 'whole'} ${answer.statusCode}: …${text.slice(-300)}`)
    }
  } catch (error) {
    if (leaving.signal.aborted) counts.left++
    else {
      counts.broken++
      if (broken.length < 10) broken.push(`${door.name} ${model}: ${String(error)}`)
    }
  } finally {
    clearTimeout(timer)
  }
}

function start(port: number, concurrency: number): void {
  workers = Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (!isStopped) await ask(port)
    }),
  )
}

const tally = (): Tally => ({ counts: { ...counts }, broken })

async function stop(): Promise<Tally> {
  isStopped = true
  await workers
  await agent.close()
  return tally()
}

serve({ start, tally, stop } satisfies SoakLoadCommands)
