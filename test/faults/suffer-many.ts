import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../src/config.ts'
import type { CallEvent } from '../../src/core/event.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { start } from '../process.ts'
import { openStand } from '../stand.ts'
import { catalogue, dialects, isMade, spelled, type TargetDialect, urlOf, type Way } from './catalogue.ts'
import { type Seen, seen } from './clients.ts'
import type { Due } from './due.ts'
import { furtherCatalogue } from './further-catalogue.ts'
import { pairwise } from './pairwise.ts'
import {
  aliasOf,
  type Cell,
  type ClientDialect,
  clients,
  otherWords,
  type Suffered,
  scenarioOf,
  struckProvider,
} from './suffer.ts'

/** A call that a program in another language makes. */
export interface Case {
  readonly id: string
  readonly number: number | undefined
  readonly way: Way
  readonly due: Due
  readonly cell: Cell
  /** How often its SDK may ask again, where it can be told. */
  readonly retries: number
}

/** What came of it, and every call that the SDK made of it. */
export interface SufferedCase extends Suffered {
  readonly calls: readonly CallEvent[]
}

/** What the program says of a call. */
type Said =
  | {
      readonly id: string
      readonly text: string
      readonly tools?: readonly string[][]
      readonly ending?: string | null
    }
  | { readonly id: string; readonly error: string; readonly status?: number | null; readonly message: string }

/**
 * Every way of every fault with every client dialect, streamed and whole meeting both; targets and positions in turn. What takes
 * much memory, a second call or a client that leaves is the other tests'.
 */
export function casesOf(): Case[] {
  const ways = [...catalogue, ...furtherCatalogue].flatMap(({ number, ways }) =>
    ways
      .filter((way) => isMade(way) && !way.heavy && !way.warm && !way.leaves && !leftOut.has(spelled(way)))
      .map((way) => ({ number, way })),
  )
  const rows = pairwise(
    { fault: ways, client: Object.keys(clients) as ClientDialect[], stream: [true, false] },
    20_261_124,
  )
  return rows.flatMap(({ fault: { number, way }, client, stream }, at): Case[] => {
    const due = stream ? way.streamed : way.whole
    const target = targetOf(way, client, stream, at)
    if (!due || !target) return []
    const position = at % 4 === 3 ? 'with a fallback' : 'alone'
    const cell = { client, stream, target, position } as const
    return [{ id: `case-${at}`, number, way, due, cell, retries: at % 3 === 2 ? 0 : 2 }]
  })
}

function targetOf(way: Way, client: ClientDialect, stream: boolean, at: number): TargetDialect | undefined {
  const possible = (way.only ?? dialects).filter(
    (target) => !way.except?.includes(target) && !(target === client && isPassedOver(way, client, stream)),
  )
  return possible[at % possible.length]
}

/** What the provider's own SDK for Python or Go cannot read from its own provider either, whose bytes pass as they are. */
function isPassedOver(way: Way, client: ClientDialect, stream: boolean): boolean {
  // The simulator knows Gemini's fields by one of their two names; Python's SDK sends the other one of a tool's schema.
  if (way.withTool && client === 'gemini') return true
  return stream && (way.unreadableBy === client || passedAsTheyAre.has(spelled(way)))
}

const passedAsTheyAre: ReadonlySet<string> = new Set([
  ...['bom', 'usage-late', 'multi-line-data', 'line-endings:style=cr', 'line-endings:style=mixed'],
  ...['unknown-events', 'usage-wrong:as=infinite', 'hostile-keys'],
])

/** Calls whose count of attempts, or whose end, follows from how the bytes fall into reads. */
const leftOut: ReadonlySet<string> = new Set([
  'informational-first:continue=true',
  'malformed-event',
  'events-after-end:what=garbage',
])

/** Has a program make all the calls, many at a time, through one gateway. The program takes the name of a file, and prints lines. */
export async function sufferMany(
  cases: readonly Case[],
  command: string,
  words: readonly string[],
): Promise<Map<string, SufferedCase>> {
  await using open = new AsyncDisposableStack()
  const struck = new Map<string, { readonly simulator: Simulator; readonly url: string }>()
  for (const { id, way, cell } of cases) {
    const simulator = open.use(await startSimulator({ seed: 2, scenario: scenarioOf(way, cell.position) }))
    struck.set(id, { simulator, url: await urlOf(way, simulator) })
  }
  const extended = (config: Config): Config => ({
    ...config,
    providers: [
      ...config.providers,
      ...cases.map(({ id, way, cell }) => ({
        ...struckProvider(struck.get(id)!.url, cell.target, way),
        name: `struck-${id}`,
      })),
    ],
  })
  const stand = open.use(
    await openStand({
      simulator: { scenario: { rules: [{ reply: { text: otherWords } }] } },
      aliases: cases.map(({ id, way, cell }) => aliasOf(id, way, cell.position, `struck-${id}`)),
      gateway: { pingMs: 500 },
      config: extended,
    }),
  )
  const said = await runProgram(stand.gateway.url, cases, command, words)
  await Promise.all([stand.simulator.idle(), ...[...struck.values()].map(({ simulator }) => simulator.idle())])
  const sound = stand.simulator.log()
  const soundLines = stand.simulator.invoice().lines
  return new Map(
    cases.map(({ id }) => {
      const { simulator } = struck.get(id)!
      const calls = stand.calls().filter(({ model }) => model === id)
      const call = calls.at(-1)!
      const attempts = stand.attempts().filter(({ callId }) => callId === call.callId)
      const ids = new Set(attempts.map(({ requestId }) => requestId))
      return [
        id,
        {
          ...whatWasSaid(said.get(id)),
          calls,
          call: { ...call, target: call.target?.replace(`struck-${id}/`, 'struck/') },
          attempts: attempts.map((attempt) => ({ ...attempt, provider: attempt.provider.replace(`-${id}`, '') })),
          struck: simulator.log(),
          sound: sound.filter((line) => ids.has(line.id)),
          invoice: [...simulator.invoice().lines, ...soundLines.filter((line) => ids.has(line.id))],
        } as SufferedCase,
      ]
    }),
  )
}

function whatWasSaid(said: Said | undefined): { seen: Seen } | { thrown: Error } {
  if (!said) return { thrown: new Error('The program said nothing of it.') }
  if ('text' in said) return { seen: seen(said.text, said.tools ?? [], said.ending) }
  return { thrown: new Error(`${said.error}: ${said.message}`) }
}

async function runProgram(
  gateway: string,
  cases: readonly Case[],
  command: string,
  words: readonly string[],
): Promise<Map<string, Said>> {
  const folder = mkdtempSync(join(tmpdir(), 'inseam-languages-'))
  const asked = cases.map(({ id, way, cell: { client, stream }, retries }) => ({
    ...{ id, model: id, client, stream, retries, withTool: way.withTool ?? false },
  }))
  try {
    const file = join(folder, 'cases.json')
    writeFileSync(file, JSON.stringify({ gateway, key: 'none', cases: asked }))
    await using running = start(command, [...words, file], { cwd: folder })
    const { code, out, err } = await running.ended
    if (code !== 0) throw new Error(`The program ended with ${code}:\n${err}`)
    const lines = out.split('\n').filter((line) => line.startsWith('{'))
    return new Map(lines.map((line) => JSON.parse(line) as Said).map((line) => [line.id, line]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
