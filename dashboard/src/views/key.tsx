import { useState } from 'preact/hooks'
import type {
  IssuedKeyView,
  KeyChoicesView,
  KeySpendingView,
  KeyView,
  RevokedKeysView,
} from '../../../src/admin/api.ts'
import { changesOf, draftOf, readDraft } from '../keys/key-draft.ts'
import { KeyForm } from '../keys/key-form.tsx'
import { KeyStatus } from '../keys/key-status.tsx'
import { boundsOf, limitsText, openingText } from '../keys/key-text.ts'
import { RevokeKey } from '../keys/revoke-key.tsx'
import { RotateKey } from '../keys/rotate-key.tsx'
import { SecretOnce } from '../keys/secret-once.tsx'
import { mayOf } from '../may.ts'
import { BackLink } from '../parts/back-link.tsx'
import { BudgetBar } from '../parts/budget-bar.tsx'
import { Copy } from '../parts/copy.tsx'
import { Facts } from '../parts/facts.tsx'
import { Failure } from '../parts/failure.tsx'
import { Head } from '../parts/head.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { useSession } from '../session.ts'
import { counted } from '../text/count-text.ts'
import { fullTimeText, timeText } from '../text/time-text.ts'
import { useAction } from '../use-action.ts'

/** One key: what it opens, what was spent with it, and what can be done to it. */
export function KeyPage({ id }: { readonly id: string }) {
  const path = `api/keys/${encodeURIComponent(id)}`
  const { state } = useSession()
  const { answer: key, failure, reload } = useResource<KeyView>(path)
  const [issued, setIssued] = useState<IssuedKeyView>()
  const [said, say] = useState('')
  const done = (words: string) => {
    say(words)
    reload()
  }
  // Whoever is not over all keys changes those alone that were made with theirs.
  const isMine = state.you.key?.id === id && !mayOf(state.you).manageAllKeys
  const isOver = key?.status === 'revoked'
  return (
    <>
      <BackLink to="#/keys">Keys</BackLink>
      <Head title={key?.name ?? 'Key'}>
        {key && (
          <Copy text={key.id} what="the key's id">
            {key.id}
          </Copy>
        )}
      </Head>
      {failure && <Failure failure={failure} retry={reload} />}
      <p class="notice good" role="status" hidden={said === ''}>
        {said}
      </p>
      {issued && (
        <SecretOnce
          title="The key has another secret"
          secret={issued.secret}
          done={() => {
            setIssued(undefined)
            document.querySelector<HTMLElement>('main h1')?.focus()
          }}
        />
      )}
      {key && (
        <>
          <About of={key} />
          <Spending of={key} path={path} />
          {isMine && !isOver && (
            <p class="notice">This is the key that you have the page open with: whoever made it changes it.</p>
          )}
          {!isMine && !isOver && !issued && (
            <>
              <Change of={key} path={path} done={() => done('The key is changed.')} />
              <RotateKey
                path={path}
                done={(next) => {
                  setIssued(next)
                  reload()
                }}
              />
              <RevokeKey name={key.name} path={path} done={(view) => done(revokedText(view))} />
            </>
          )}
        </>
      )}
      {!key && !failure && <div class="card waiting tall" aria-busy="true" />}
    </>
  )
}

function revokedText({ revoked }: RevokedKeysView): string {
  const others = revoked.length - 1
  return others > 0
    ? `The key is revoked, and with it ${counted(others, 'key')} made with it.`
    : 'The key is revoked: it opens nothing more.'
}

const when = (at: number | undefined) =>
  at === undefined ? undefined : <time title={fullTimeText(at)}>{timeText(at)}</time>

function About({ of: key }: { readonly of: KeyView }) {
  const isOverlapping = key.previousUntil !== undefined && key.previousUntil > Date.now()
  return (
    <section class="card" aria-label="What it is">
      <Facts
        facts={[
          ['State', <KeyStatus key="status" status={key.status} />],
          ['Role', key.role],
          ['Bound to', boundsOf(key).join(' · ') || 'nothing: it opens everything'],
          ['Providers’ whole API', openingText(key.passThrough)],
          ['Callers’ own provider keys', openingText(key.providerKeys)],
          ['Limits', limitsText(key)],
          ['Secret begins with', <code key="hint">{key.hint}…</code>],
          ['Old secret opens until', isOverlapping ? when(key.previousUntil) : undefined],
          ['Made', when(key.createdAt)],
          ['Made with', key.parentId && <a href={linkTo(['keys', key.parentId])}>{key.parentId}</a>],
          ['Expires', when(key.expiresAt) ?? 'never'],
          ['Revoked', when(key.revokedAt)],
        ]}
      />
    </section>
  )
}

function Spending({ of: key, path }: { readonly of: KeyView; readonly path: string }) {
  if (!key.budgets?.length) return null
  return (
    <section class="card" aria-label="Spending">
      <h2>Spending</h2>
      <Bars path={`${path}/spending`} />
    </section>
  )
}

function Bars({ path }: { readonly path: string }) {
  const { answer, failure, reload } = useResource<KeySpendingView>(path, { refreshMs: 10_000 })
  if (failure) return <Failure failure={failure} retry={reload} />
  if (!answer) return <p class="quiet">Loading</p>
  return (
    <ul class="budget-list">
      {answer.budgets.map((budget) => (
        <li key={budget.id}>
          <BudgetBar title={`A ${budget.per}`} standing={budget} />
        </li>
      ))}
    </ul>
  )
}

interface ChangeProps {
  readonly of: KeyView
  readonly path: string
  readonly done: () => void
}

function Change({ of: key, path, done }: ChangeProps) {
  const { client } = useSession()
  const [isOpen, setOpen] = useState(false)
  const [start, setStart] = useState(() => draftOf(key))
  const { answer: choices } = useResource<KeyChoicesView>('api/key-choices')
  const action = useAction()
  const before = readDraft(start)
  if (!isOpen || !choices)
    return (
      <section class="card doing" aria-label="Change">
        <div>
          <h2>Change what it opens</h2>
          <p class="quiet">Takes effect with the next call.</p>
        </div>
        <button
          type="button"
          disabled={!choices}
          onClick={() => {
            setStart(draftOf(key))
            setOpen(true)
          }}
        >
          Change
        </button>
      </section>
    )
  return (
    <KeyForm
      start={start}
      choices={choices}
      isThere
      action={action}
      submitText="Save the changes"
      cancel={() => setOpen(false)}
      submit={(ask) =>
        void action.run(async () => {
          const changes = changesOf('ask' in before ? before.ask : {}, ask)
          if (Object.keys(changes).length > 0) {
            await client.patch(path, changes)
            done()
          }
          setOpen(false)
        })
      }
    />
  )
}
