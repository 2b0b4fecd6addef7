import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type CallFeed, type FeedState, openCallFeed } from '../call-feed.ts'
import { useSession } from '../session.ts'
import { counted } from '../text/count-text.ts'
import { CallHeadings, CallLine } from './call-row.tsx'
import { Failure } from './failure.tsx'
import { Icon } from './icon.tsx'

interface CallListProps {
  /** The filters, as a query. */
  readonly query: string
  /** What is shown where nothing matches. */
  readonly empty: ComponentChildren
  /** How many are shown; absent: all that are there, and older ones can be fetched. */
  readonly most?: number
}

const loading: FeedState = { rows: [], status: 'loading', held: 0, lost: 0, hasOlder: false }
const statusWords = { loading: 'Loading', live: 'Live', reconnecting: 'Reconnecting', paused: 'Paused' } as const

/** The calls that match, the newest first, as they are written. */
export function CallList({ query, empty, most }: CallListProps) {
  const { client, state: gateway } = useSession()
  const { hasRecord } = gateway
  const [state, setState] = useState(loading)
  const feed = useRef<CallFeed>(undefined)
  useEffect(() => {
    setState((before) => ({ ...before, status: 'loading' }))
    const opened = openCallFeed({ client, query, hasRecord, show: setState })
    feed.current = opened
    return () => opened.stop()
  }, [client, query, hasRecord])
  useFocusOnReturn(state.rows.length > 0)

  const { rows: all, status, held, lost, hasOlder, failure } = state
  const rows = most === undefined ? all : all.slice(0, most)
  const isPaused = status === 'paused'
  return (
    <div class="calls" aria-busy={status === 'loading'}>
      <div class="bar">
        <span class={`live ${status}`}>
          <span class="lamp" aria-hidden="true" />
          {statusWords[status]}
        </span>
        <span class="quiet">
          {rows.length > 0 && `${counted(rows.length, 'call')} shown`}
          {held > 0 && `, ${held} waiting`}
          {lost > 0 && `, ${lost} went by too fast to show`}
        </span>
        <button
          type="button"
          class="plain"
          aria-pressed={isPaused}
          onClick={() => (isPaused ? feed.current?.resume() : feed.current?.pause())}
        >
          <Icon name={isPaused ? 'play' : 'pause'} />
          {isPaused ? 'Go on' : 'Pause'}
        </button>
      </div>
      {failure && failure.status !== 0 && status !== 'live' && <Failure failure={failure} />}
      {rows.length === 0 && status === 'live' && !hasOlder && empty}
      {rows.length > 0 && (
        <div class="card list">
          <CallHeadings />
          <ol class="call-rows" aria-label="Calls, the newest first">
            {rows.map((call) => (
              <CallLine key={call.callId} call={call} />
            ))}
          </ol>
        </div>
      )}
      {most === undefined && hasOlder && (
        <button type="button" class="older" onClick={() => void feed.current?.loadOlder()}>
          Older calls
        </button>
      )}
      <Announcement state={state} />
    </div>
  )
}

const announceEveryMs = 5_000

/** Says what came, to whoever listens, and not more often than one can hear. */
function Announcement({ state }: { readonly state: FeedState }) {
  const [words, setWords] = useState('')
  const latest = useRef(state)
  latest.current = state
  useEffect(() => {
    let told: ReadonlySet<string> | undefined
    const timer = setInterval(() => {
      const { rows } = latest.current
      const fresh = told === undefined ? [] : rows.slice(0, 100).filter(({ callId }) => !told?.has(callId))
      told = new Set(rows.map(({ callId }) => callId))
      if (fresh.length === 0) return
      const failed = fresh.filter(({ ending }) => ending === 'error').length
      setWords(`${counted(fresh.length, 'new call')}${failed > 0 ? `, ${failed} failed` : ''}`)
    }, announceEveryMs)
    return () => clearInterval(timer)
  }, [])
  return (
    <p class="sr" aria-live="polite">
      {words}
    </p>
  )
}

let lastOpened: string | undefined

/** Back from a call, the keyboard goes on where it was. */
function useFocusOnReturn(isThere: boolean): void {
  useEffect(() => {
    if (!isThere || lastOpened === undefined) return
    document.querySelector<HTMLElement>(`[data-row="${CSS.escape(lastOpened)}"]`)?.focus()
    lastOpened = undefined
  }, [isThere])
  // A layout effect, because its end comes while the rows, and the focus in them, are still there.
  useLayoutEffect(
    () => () => {
      const { activeElement } = document
      if (activeElement instanceof HTMLElement) lastOpened = activeElement.dataset.row
    },
    [],
  )
}
