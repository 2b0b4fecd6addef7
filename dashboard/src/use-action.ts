import { useState } from 'preact/hooks'
import { ApiFailure } from './client.ts'

/** Something that one has done: whether it is under way, and why it failed last. */
export interface Action {
  readonly isBusy: boolean
  readonly failure: ApiFailure | undefined
  /** Does it, once at a time. */
  readonly run: (work: () => Promise<void>) => Promise<void>
}

/** An action without a past. */
export function useAction(): Action {
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiFailure>()
  const run = async (work: () => Promise<void>) => {
    if (isBusy) return
    setBusy(true)
    setFailure(undefined)
    try {
      await work()
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, failure, run }
}
