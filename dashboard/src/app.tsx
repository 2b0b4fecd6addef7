import { useEffect, useMemo, useState } from 'preact/hooks'
import type { StateView } from '../../src/admin/api.ts'
import { ApiFailure, createClient } from './client.ts'
import { Frame } from './frame.tsx'
import { Failure } from './parts/failure.tsx'
import { SessionContext } from './session.ts'
import { forgetToken, keepToken } from './token.ts'
import { NoToken } from './views/no-token.tsx'

/** The whole page: asks for a token where there is none, then shows what stands behind it. */
export function App({ token: given }: { readonly token: string | undefined }) {
  const [token, setToken] = useState(given)
  const [refusal, setRefusal] = useState<ApiFailure>()
  const [state, setState] = useState<StateView>()
  const [failure, setFailure] = useState<ApiFailure>()
  const [asked, setAsked] = useState(0)

  const client = useMemo(() => {
    if (token === undefined) return undefined
    return createClient(token, (refused) => {
      forgetToken()
      setRefusal(refused)
      setToken(undefined)
    })
  }, [token])

  useEffect(() => {
    if (!client) return
    const leaving = new AbortController()
    const ask = async () => {
      try {
        setState(await client.get<StateView>('api/state', leaving.signal))
        setFailure(undefined)
      } catch (error) {
        if (error instanceof ApiFailure) setFailure(error)
        else if (!leaving.signal.aborted) throw error
      }
    }
    void ask()
    const timer = setInterval(() => {
      if (!document.hidden) void ask()
    }, stateEveryMs)
    return () => {
      clearInterval(timer)
      leaving.abort()
    }
  }, [client, asked])

  if (!client) {
    const use = (pasted: string) => {
      keepToken(pasted)
      setRefusal(undefined)
      setToken(pasted)
    }
    return <NoToken refusal={refusal} use={use} />
  }
  if (!state) {
    return (
      <main class="lone">{failure && <Failure failure={failure} retry={() => setAsked((count) => count + 1)} />}</main>
    )
  }
  return (
    <SessionContext value={{ client, state }}>
      <Frame unreachable={failure} />
    </SessionContext>
  )
}

const stateEveryMs = 10_000
