import { useState } from 'preact/hooks'
import type { AuditCheckView, AuditView, KeysView } from '../../../src/admin/api.ts'
import { BackLink } from '../parts/back-link.tsx'
import { Copy } from '../parts/copy.tsx'
import { Failure } from '../parts/failure.tsx'
import { Head } from '../parts/head.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { useSession } from '../session.ts'
import { counted } from '../text/count-text.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'
import { useAction } from '../use-action.ts'

type Entry = AuditView['entries'][number]

/** Every change of a key, the newest first, and whether the log is as it was written. */
export function Audit() {
  const { client } = useSession()
  const { answer, failure, reload } = useResource<AuditView>('api/audit?limit=50')
  const { answer: keys } = useResource<KeysView>('api/keys')
  const [older, setOlder] = useState<AuditView>()
  const action = useAction()
  const names = new Map(keys?.keys.map(({ id, name }) => [id, name]))
  const entries = [...(answer?.entries ?? []), ...(older?.entries ?? [])]
  const next = older ? older.next : (answer?.next ?? null)
  const more = async () => {
    const page = await client.get<AuditView>(`api/audit?limit=50&before=${next}`)
    setOlder((before) => ({ entries: [...(before?.entries ?? []), ...page.entries], next: page.next }))
  }
  return (
    <>
      <BackLink to="#/keys">Keys</BackLink>
      <Head title="Audit log">
        <ChainCheck />
      </Head>
      <p class="lead">Every entry holds the hash of the one before it: none can be changed or taken out unseen.</p>
      {failure && <Failure failure={failure} retry={reload} />}
      {answer && entries.length === 0 && <p class="card nothing">Nothing was changed yet</p>}
      {entries.length > 0 && (
        <div class="card flush">
          <Table entries={entries} names={names} />
        </div>
      )}
      {action.failure && <Failure failure={action.failure} />}
      {next !== null && (
        <button type="button" class="older" disabled={action.isBusy} onClick={() => void action.run(more)}>
          Older changes
        </button>
      )}
      {!answer && !failure && <div class="card waiting tall" aria-busy="true" />}
    </>
  )
}

function ChainCheck() {
  const { client } = useSession()
  const [check, setCheck] = useState<AuditCheckView>()
  const action = useAction()
  const look = async () => setCheck(await client.get<AuditCheckView>('api/audit/check'))
  return (
    <>
      <button type="button" disabled={action.isBusy} onClick={() => void action.run(look)}>
        Check the log
      </button>
      <div class="check" role="status">
        {check && <Found check={check} />}
      </div>
      {action.failure && <Failure failure={action.failure} />}
    </>
  )
}

function Found({ check: { entries, newest, broken } }: { readonly check: AuditCheckView }) {
  if (broken)
    return (
      <p class="notice bad">
        Entry {broken.seq} {broken.reason === 'missing' ? 'is gone' : 'is not what was written'}. Compare the log with a
        copy from a backup before you trust what follows it.
      </p>
    )
  return (
    <p class="notice good">
      The log is whole: {counted(entries, 'entry').replace('entrys', 'entries')}.{' '}
      {newest && (
        <>
          Keep the newest hash elsewhere, so that a log that was cut short is known, too:{' '}
          <Copy text={`${newest.seq} ${newest.hash}`} what="the newest entry's number and hash">
            {newest.seq} {newest.hash.slice(0, 12)}…
          </Copy>
        </>
      )}
    </p>
  )
}

interface TableProps {
  readonly entries: readonly Entry[]
  readonly names: ReadonlyMap<string, string>
}

function Table({ entries, names }: TableProps) {
  return (
    <Scroll label="Changes">
      <table class="audit stacking">
        <thead>
          <tr>
            {['When', 'What', 'Who', 'Key', 'Details'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.seq}>
              <th scope="row">
                <time title={fullTimeText(entry.at)}>{timeText(entry.at)}</time> <span class="quiet">#{entry.seq}</span>
              </th>
              <td>{entry.action.replaceAll('-', ' ')}</td>
              <td data-label="Who">
                <Whose id={entry.actor} names={names} />
              </td>
              <td data-label="Key">
                <Whose id={entry.subject} names={names} />
              </td>
              <td data-label="Details" class="audit-details">
                <Details details={entry.details} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

const actors: Readonly<Record<string, string>> = { operator: 'the command line', admin: 'the page’s token' }

function Whose({ id, names }: { readonly id: string; readonly names: ReadonlyMap<string, string> }) {
  if (!id.startsWith('key_')) return <>{actors[id] ?? id}</>
  return (
    <a href={linkTo(['keys', id])} title={id}>
      {names.get(id) ?? id}
    </a>
  )
}

/** What it was and what it is now; of a new key, what it opens. */
function Details({ details }: { readonly details: Entry['details'] }) {
  const told = Object.entries(details).filter(([name]) => !['id', 'createdAt', 'parentId'].includes(name))
  if (told.length === 0) return null
  return (
    <details>
      <summary>{told.map(([name]) => name).join(', ')}</summary>
      <dl>
        {told.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{JSON.stringify(value)}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
