import type { Command } from 'commander'
import { InseamError } from '../errors/index.ts'
import { tellRun, tellStory } from '../telemetry/index.ts'
import { databaseOption, type RecordReader, readRecord } from './events.ts'
import { ownName } from './own-name.ts'

/** `inseam explain`: the story of one call (why this target, each wait, each retry, each cent), or of one run of a feature with tools. */
export function explainCommand(program: Command): void {
  program
    .command('explain')
    .description('Tell the story of a call, or of a run with tools: why this target, each wait, each retry, each cent.')
    .argument('<id>', 'of a call or a run, the beginning of one, or "last" for the newest call')
    .option(
      '--json',
      'print it as JSON: the call, attempts, corrections and kept content, or the run, its calls and steps',
    )
    .option('--color', 'in colours')
    .option(...databaseOption)
    .action(explain)
}

interface ExplainOptions {
  readonly json?: boolean
  readonly color?: boolean
  readonly db?: string
}

async function explain(wanted: string, { json = false, color = false, ...options }: ExplainOptions): Promise<void> {
  await readRecord(options, async (record) => {
    const found = await find(record, wanted)
    process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : tell(found, color))
  })
}

type Found =
  | NonNullable<Awaited<ReturnType<RecordReader['story']>>>
  | NonNullable<Awaited<ReturnType<RecordReader['run']>>>

function tell(found: Found, colour: boolean): string {
  return 'call' in found
    ? tellStory(found.call, found.attempts, { colour, children: found.children })
    : tellRun(found.run, found.calls, found.steps, { colour })
}

async function find(record: RecordReader, wanted: string): Promise<Found> {
  const exact = await look(record, wanted)
  if (exact) return exact
  const [id, ...others] = await (wanted === 'last' ? record.idsLike('', 1) : record.idsLike(wanted))
  if (id === undefined)
    throw wanted === 'last'
      ? new InseamError('not-found', 'No call is on the record yet.', { fix: 'Make one through the gateway first.' })
      : new InseamError('not-found', `There is no call and no run "${wanted}" on the record.`, {
          fix: `\`${ownName} events tail\` lists the newest calls.`,
        })
  if (others.length > 0)
    throw new InseamError('invalid-request', `Several calls or runs begin with "${wanted}".`, {
      fix: `Say more of the id: ${[id, ...others].join(', ')}.`,
    })
  return (await look(record, id))!
}

const look = async (record: RecordReader, id: string): Promise<Found | undefined> =>
  (await record.story(id)) ?? (await record.run(id))
