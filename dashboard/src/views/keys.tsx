import type { KeysView, KeyView } from '../../../src/admin/api.ts'
import { KeyStatus } from '../keys/key-status.tsx'
import { boundsOf, budgetsText, limitsText } from '../keys/key-text.ts'
import { mayOf } from '../may.ts'
import { Failure } from '../parts/failure.tsx'
import { Head } from '../parts/head.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { useSession } from '../session.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'

/** The stored keys: what each opens, what it may use, and whether it is in use. */
export function Keys({ query }: { readonly query: URLSearchParams }) {
  const { state } = useSession()
  const { answer, failure, reload } = useResource<KeysView>('api/keys', { refreshMs: 15_000 })
  const showsAll = query.get('show') === 'all'
  const keys = answer?.keys ?? []
  const active = keys.filter(({ status }) => status === 'active')
  const shown = showsAll ? keys : active
  const isEmpty = answer !== undefined && keys.length === 0
  return (
    <>
      <Head title="Keys">
        {keys.length > active.length && (
          <nav class="choice" aria-label="Which keys">
            <a href="#/keys" aria-current={showsAll ? undefined : 'true'}>
              Active {active.length}
            </a>
            <a href={linkTo(['keys'], { show: 'all' })} aria-current={showsAll ? 'true' : undefined}>
              All {keys.length}
            </a>
          </nav>
        )}
        {mayOf(state.you).manageAllKeys && (
          <a class="button" href="#/audit">
            Audit log
          </a>
        )}
        {!isEmpty && (
          <a class="button primary" href="#/keys/new">
            New key
          </a>
        )}
      </Head>
      {failure && <Failure failure={failure} retry={reload} />}
      {answer?.problem && (
        <p class="notice warn" role="status">
          {answer.problem}
        </p>
      )}
      {answer && !answer.isAsked && !isEmpty && (
        <p class="notice">The gateway asks nobody for a key yet: it does as soon as one is in use.</p>
      )}
      {isEmpty && <NoKeys isAsked={answer.isAsked} />}
      {shown.length > 0 && answer && (
        <div class="card flush">
          <Table keys={shown} view={answer} you={state.you.key?.id} />
        </div>
      )}
      {answer && !isEmpty && shown.length === 0 && <p class="card nothing">No key is active</p>}
      {!answer && !failure && <div class="card waiting tall" aria-busy="true" />}
    </>
  )
}

interface TableProps {
  readonly keys: readonly KeyView[]
  readonly view: KeysView
  readonly you: string | undefined
}

function Table({ keys, view, you }: TableProps) {
  return (
    <Scroll label="Keys">
      <table class="stacking key-table">
        <thead>
          <tr>
            {['Name', 'Opens', 'Budgets', 'Limits', 'Last call', 'Expires', 'State'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id} class={key.status === 'active' ? undefined : 'over'}>
              <th scope="row">
                <a data-row={key.id} href={linkTo(['keys', key.id])}>
                  {key.name}
                </a>
                {key.role !== 'caller' && <span class="tag">{key.role}</span>}
                {key.id === you && <span class="tag good">yours</span>}
                <code class="quiet id" title={key.id}>
                  {key.hint}…
                </code>
              </th>
              <td class="opens">
                <Bounds lines={boundsOf(key)} />
              </td>
              <td data-label="Budgets">{budgetsText(key) || <span class="quiet">–</span>}</td>
              <td data-label="Limits">{limitsText(key) || <span class="quiet">–</span>}</td>
              <td data-label="Last call">
                <LastCall at={view.lastUsed?.[key.id]} isKnown={view.lastUsed !== null} />
              </td>
              <td data-label="Expires">
                <When at={key.expiresAt} otherwise="never" />
              </td>
              <td data-label="State">
                <KeyStatus status={key.status} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Bounds({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return <span class="quiet">everything</span>
  return (
    <>
      {lines.map((line) => (
        <span key={line} class="line">
          {line}
        </span>
      ))}
    </>
  )
}

function LastCall({ at, isKnown }: { readonly at: number | undefined; readonly isKnown: boolean }) {
  if (!isKnown)
    return (
      <span class="quiet" title="No record is kept that would tell">
        unknown
      </span>
    )
  return <When at={at} otherwise="none in 30 days" />
}

function When({ at, otherwise }: { readonly at: number | undefined; readonly otherwise: string }) {
  if (at === undefined) return <span class="quiet">{otherwise}</span>
  return <time title={fullTimeText(at)}>{timeText(at)}</time>
}

function NoKeys({ isAsked }: { readonly isAsked: boolean }) {
  return (
    <section class="card empty" aria-label="No key is stored yet">
      <h2>No key is stored yet</h2>
      <p>
        A key says who calls, what that opens and what it may spend.{' '}
        {isAsked
          ? 'The gateway asks for the keys of its configuration alone.'
          : 'From the first one on, the gateway asks every caller for one.'}
      </p>
      <a class="button primary" href="#/keys/new">
        Make the first key
      </a>
    </section>
  )
}
