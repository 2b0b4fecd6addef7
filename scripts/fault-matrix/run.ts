import { startSimulator } from '../../src/simulator/index.ts'
import {
  type CatalogueFault,
  catalogue,
  dialects,
  isMade,
  spelled,
  type TargetDialect,
  urlOf,
  type Way,
} from '../../test/faults/catalogue.ts'
import { ownWords, scenarioOf } from '../../test/faults/suffer.ts'
import { type Cell, type SubjectName, subjects, type Word } from './cell.ts'
import { type Came, openChildren } from './children.ts'

/** What one subject made of one fault in one dialect and mode. */
export interface Outcome {
  readonly fault: CatalogueFault
  readonly way: Way
  readonly subject: SubjectName
  readonly dialect: TargetDialect
  readonly stream: boolean
  readonly word: Word
  readonly attempts: number
  readonly nanoUsd: number
  readonly grewMb: number
}

/** All that a run saw. */
export interface Ran {
  readonly outcomes: readonly Outcome[]
  /** Who could not be asked: not even without a fault did a whole answer come. */
  readonly unable: readonly string[]
}

/** No fault at all: who does not survive this says nothing about faults. */
const nothing: Way = { made: { type: 'split', bytes: 1_000_000 } }

const speaks: Readonly<Record<SubjectName, readonly TargetDialect[]>> = {
  'inseam gateway': dialects,
  'inseam library': dialects,
  'official SDK': dialects,
  'AI SDK': ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'],
  Portkey: ['openai-chat', 'anthropic-messages'],
}

/** Asks everybody everything, many at a time; who may be outgrown or blocked by it is asked in a process of its own. */
export async function runMatrix(
  portkeyUrl: string | undefined,
  tell: (done: number, of: number) => void,
): Promise<Ran> {
  const children = openChildren()
  const isAble = new Map<string, boolean>()
  const unable: string[] = []
  const cells: Planned[] = []
  for (const cell of cellsOf(portkeyUrl)) {
    const who = `${cell.subject}, ${cell.dialect}, ${cell.stream ? 'streamed' : 'whole'}`
    if (!isAble.has(who)) {
      const { word } = await sufferOne({ ...cell, way: nothing }, (asked) => children.ask(asked))
      isAble.set(who, word === 'whole')
      if (word !== 'whole') unable.push(`${who} (${word})`)
    }
    if (isAble.get(who)) cells.push(cell)
  }
  const outcomes: Outcome[] = []
  const suffer = async (cell: Planned, alone: boolean) => {
    outcomes.push(await sufferOne(cell, (asked) => (alone ? children.askAlone(asked) : children.ask(asked))))
    tell(outcomes.length, cells.length)
  }
  const work = async (waiting: Planned[], alone: boolean) => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await suffer(next, alone)
  }
  const light = cells.filter(({ way }) => !way.heavy)
  const heavy = cells.filter(({ way }) => way.heavy)
  await Promise.all([
    ...Array.from({ length: 32 }, () => work(light, false)),
    ...Array.from({ length: 3 }, () => work(heavy, true)),
  ])
  children.close()
  return { outcomes, unable }
}

type Planned = Pick<Outcome, 'fault' | 'way' | 'subject' | 'dialect' | 'stream'> & Pick<Cell, 'id' | 'portkeyUrl'>

function cellsOf(portkeyUrl: string | undefined): Planned[] {
  let id = 0
  return subjects.flatMap((subject) =>
    subject === 'Portkey' && portkeyUrl === undefined
      ? []
      : speaks[subject].flatMap((dialect) =>
          [true, false].flatMap((stream) =>
            catalogue.flatMap((fault): Planned[] => {
              const way = fault.ways.find((way) => isMade(way) && isIn(way, dialect, stream))
              // The library's feature has no tools here: its tools are run, not told of.
              if (way?.withTool && subject === 'inseam library') return []
              // AWS's SDK is asked without tools.
              if (way?.withTool && subject === 'official SDK' && dialect === 'bedrock-converse') return []
              return way ? [{ id: ++id, fault, way, subject, dialect, stream, portkeyUrl }] : []
            }),
          ),
        ),
  )
}

function isIn(way: Way, dialect: TargetDialect, stream: boolean): boolean {
  const due = stream ? way.streamed : way.whole
  return due !== undefined && (way.only ?? dialects).includes(dialect) && !way.except?.includes(dialect)
}

async function sufferOne({ fault, way, ...cell }: Planned, ask: (cell: Cell) => Promise<Came>): Promise<Outcome> {
  await using simulator = await startSimulator({ seed: cell.id, scenario: scenarioOf(way, 'alone') })
  const url = await urlOf(way, simulator)
  const came = await ask({
    ...cell,
    url,
    withTool: way.withTool === true,
    warm: way.warm === true,
    ...(way.leaves && { leavesAfterMs: 700 }),
    ...(way.byHeader && { simulate: spelled(way).replaceAll(/[:,]/g, ';') }),
  })
  const { totals } = simulator.invoice()
  const attempts = simulator.log().length - (way.warm ? 1 : 0)
  const word = wordOf(way, came)
  const grewMb = 'grewMb' in came ? came.grewMb : 0
  return { fault, way, ...cell, word, attempts, nanoUsd: totals.costNanoUsd, grewMb }
}

function wordOf(way: Way, came: Came): Word {
  if ('crashed' in came) return 'CRASHED'
  if (came.waits) return 'WAITS'
  if ('threw' in came && came.threw) return way.leaves ? 'left' : came.threw.isTyped ? 'said' : 'untyped'
  if (!('seen' in came) || !came.seen) return 'CRASHED'
  const { text, tools, isWhole, ending } = came.seen
  if (!isWhole && ending !== undefined) return 'ended'
  const isAll = text === ownWords || way.otherWords || (way.withTool && tools.length > 0)
  return isWhole && isAll ? 'whole' : 'BROKEN'
}
