import type { Command } from 'commander'
import { InseamError } from '../errors/index.ts'
import type { EventReader } from '../stores/sqlite/index.ts'
import { tellStory } from '../telemetry/index.ts'
import { databaseOption, readRecord } from './events.ts'
import { ownName } from './own-name.ts'

/** `inseam explain`: the story of one call: why this target, each wait, each retry, each cent. */
export function explainCommand(program: Command): void {
  program
    .command('explain')
    .description('Tell the story of a call: why this target, each wait, each retry, each cent.')
    .argument('<call>', 'its id, the beginning of its id, or "last"')
    .option('--json', 'print the call and its attempts as JSON')
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
  await readRecord(options, (record) => {
    const { call, attempts } = find(record, wanted)
    const text = json
      ? `${JSON.stringify({ call, attempts }, undefined, 2)}\n`
      : tellStory(call, attempts, { colour: color })
    process.stdout.write(text)
  })
}

function find(record: EventReader, wanted: string): NonNullable<ReturnType<EventReader['story']>> {
  const exact = record.story(wanted)
  if (exact) return exact
  const [id, ...others] = wanted === 'last' ? record.idsLike('', 1) : record.idsLike(wanted)
  if (id === undefined)
    throw wanted === 'last'
      ? new InseamError('not-found', 'No call is on the record yet.', { fix: 'Make one through the gateway first.' })
      : new InseamError('not-found', `There is no call "${wanted}" on the record.`, {
          fix: `\`${ownName} events tail\` lists the newest calls.`,
        })
  if (others.length > 0)
    throw new InseamError('invalid-request', `Several calls begin with "${wanted}".`, {
      fix: `Say more of the id: ${[id, ...others].join(', ')}.`,
    })
  return record.story(id)!
}
