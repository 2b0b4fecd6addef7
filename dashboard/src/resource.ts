import { useEffect, useRef, useState } from 'preact/hooks'
import { ApiFailure, type Client } from './client.ts'
import { useSession } from './session.ts'

/** What was asked of the server: the last answer, and why there is no newer one. */
export interface Resource<Answer> {
  readonly answer?: Answer
  readonly failure?: ApiFailure
  /** Whether the answer belongs to what is asked now, and not to what was asked before. */
  readonly isFresh: boolean
  readonly reload: () => void
}

/**
 * Asks for a path and, where `refreshMs` is given, asks again that long after each answer, but not while the page is hidden.
 * `path` may be a function where each asking differs (a span that ends now); `key` then says when it is another question.
 */
export function useResource<Answer>(
  path: string | (() => string),
  { refreshMs, key = String(path) }: { readonly refreshMs?: number | undefined; readonly key?: string } = {},
): Resource<Answer> {
  const { client } = useSession()
  const [held, hold] = useState<Held<Answer>>({ key: '' })
  const asking = useRef<() => void>(() => undefined)
  const latestPath = useRef(path)
  latestPath.current = path

  useEffect(() => {
    const read = () => {
      const { current } = latestPath
      return typeof current === 'string' ? current : current()
    }
    const stop = keepAsking<Answer>(client, read, refreshMs, {
      ask: (again) => {
        asking.current = again
      },
      // A glance back at the same question keeps the old answer until the new one is there.
      hear: (heard) => hold((before) => ({ ...before, failure: undefined, ...heard, key })),
    })
    return stop
  }, [client, key, refreshMs])

  // Another page must not show what the one before it was about; another filter of the same page may, for a moment.
  const isSamePage = held.key.split('?')[0] === key.split('?')[0]
  // That nothing answers is said above every view; what was there before stays to be read.
  const isOnlyOld = held.failure?.status === 0 && held.answer !== undefined
  return {
    ...(isSamePage && held.answer !== undefined && { answer: held.answer }),
    ...(isSamePage && held.failure && !isOnlyOld && { failure: held.failure }),
    isFresh: held.key === key && held.answer !== undefined,
    reload: () => asking.current(),
  }
}

interface Held<Answer> {
  readonly key: string
  readonly answer?: Answer
  readonly failure?: ApiFailure | undefined
}

interface Ears<Answer> {
  readonly ask: (again: () => void) => void
  readonly hear: (heard: { answer: Answer } | { failure: ApiFailure }) => void
}

function keepAsking<Answer>(
  client: Client,
  path: () => string,
  refreshMs: number | undefined,
  { ask, hear }: Ears<Answer>,
): () => void {
  const leaving = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isAsking = false

  async function once(): Promise<void> {
    if (isAsking) return
    clearTimeout(timer)
    isAsking = true
    try {
      const answer = await client.get<Answer>(path(), leaving.signal)
      if (!leaving.signal.aborted) hear({ answer })
    } catch (error) {
      if (leaving.signal.aborted) return
      if (!(error instanceof ApiFailure)) throw error
      hear({ failure: error })
    } finally {
      isAsking = false
    }
    if (refreshMs !== undefined && !document.hidden) timer = setTimeout(once, refreshMs)
  }
  const onVisible = () => {
    if (document.hidden) clearTimeout(timer)
    else if (refreshMs !== undefined) void once()
  }
  ask(once)
  document.addEventListener('visibilitychange', onVisible)
  void once()
  return () => {
    leaving.abort()
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisible)
  }
}
