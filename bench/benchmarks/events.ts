import type { EventsCommands, Stored } from '../children/events.ts'
import type { Benchmark, Opened } from '../harness/benchmark.ts'
import { type Child, startChild } from '../harness/child.ts'

async function openStore(take: (stored: Stored) => number, count: number): Promise<Opened> {
  const child: Child<EventsCommands> = startChild<EventsCommands>('events.ts')
  const note = 'half calls, half attempts; every id, tenant, user and session its own'
  const subject = (name: string, url?: string) => ({
    name,
    note,
    measure: async () => take(await child.ask('store', count, ...(url === undefined ? [] : [url]))),
  })
  const { INSEAM_BENCH_POSTGRES: postgres } = process.env
  return {
    subjects: [subject('inseam, SQLite'), ...(postgres ? [subject('inseam, Postgres by COPY', postgres)] : [])],
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

const countOf = (isQuick: boolean) => (isQuick ? 20_000 : 100_000)

export const eventsPersisted: Benchmark = {
  name: 'events',
  title: 'Event store: events persisted',
  how: '100,000 events recorded in turns of 250 and flushed: wall-clock time until the last one is committed by the worker, into a fresh file. With INSEAM_BENCH_POSTGRES, the URL of a Postgres, also there, by COPY and with roll-ups, into a fresh schema.',
  unit: 'events/s',
  isLessBetter: false,
  targets: [{ subject: 'inseam, SQLite', atLeast: 50_000 }],
  open: ({ isQuick }) => openStore(({ perSecond }) => perSecond, countOf(isQuick)),
}

export const eventsMainThread: Benchmark = {
  name: 'events-main-thread',
  title: 'Event store: CPU of an event on the main thread',
  how: 'The same run: CPU time of the thread that records, without the worker.',
  unit: 'us/event',
  isLessBetter: true,
  targets: [{ subject: 'inseam, SQLite', atMost: 2 }],
  open: ({ isQuick }) => openStore(({ mainThreadUs }) => mainThreadUs, countOf(isQuick)),
}
