import { useState } from 'preact/hooks'
import type { BreakRequest, SimulatorView } from '../../../src/admin/api.ts'
import { ApiFailure } from '../client.ts'
import { CallList } from '../parts/call-list.tsx'
import { Failure } from '../parts/failure.tsx'
import { Snippet } from '../parts/first-call.tsx'
import { Head } from '../parts/head.tsx'
import { useResource } from '../resource.ts'
import { useSession } from '../session.ts'

/** Breaks the simulator on purpose and sends calls, so that one sees the fallbacks, the money and the explanations. */
export function BreakIt() {
  const { answer, failure, reload } = useResource<SimulatorView>('api/simulator', { refreshMs: 5_000 })
  const isAbsent = failure?.status === 404
  return (
    <>
      <Head title="Break it" />
      <p class="lead">
        Let providers stall, cut their answers or refuse them, send calls, and see what your callers would have seen.
      </p>
      {isAbsent && <NoSimulator />}
      {failure && !isAbsent && <Failure failure={failure} retry={reload} />}
      {!failure && (
        <div class="break">
          {answer ? <Controls view={answer} changed={reload} /> : <div class="card waiting tall" aria-busy="true" />}
          <section aria-label="The last calls">
            <CallList query="" most={20} empty={<p class="card nothing">Send some calls: they appear here.</p>} />
          </section>
        </div>
      )}
    </>
  )
}

function Controls({ view, changed }: { readonly view: SimulatorView; readonly changed: () => void }) {
  const { client } = useSession()
  const [calls, setCalls] = useState(20)
  const [failure, setFailure] = useState<ApiFailure>()
  const [done, setDone] = useState('')
  const { inForce } = view

  const put = async (request: BreakRequest, words: string) => {
    try {
      await client.post('api/simulator', request)
      setFailure(undefined)
      setDone(words)
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      setFailure(error)
    }
    changed()
  }
  const isInForce = (faults: readonly string[]) =>
    faults.length === inForce.length && faults.every((fault) => inForce.includes(fault))
  const toggle = (name: string) => {
    const others = inForce.filter((fault) => fault !== name)
    const faults = others.length < inForce.length ? others : [...inForce, name]
    void put({ faults }, faults.length > 0 ? `In force: ${faults.join(', ')}` : 'Mended')
  }
  return (
    <div class="controls column">
      <section class={inForce.length > 0 ? 'card force broken' : 'card force'} aria-label="In force">
        <h2>{inForce.length > 0 ? 'Broken' : 'All is well'}</h2>
        <p class="quiet">
          {inForce.length > 0 ? 'In force at the simulator:' : 'No fault is in force. Choose one below.'}
        </p>
        {inForce.length > 0 && (
          <ul class="tags">
            {inForce.map((fault) => (
              <li key={fault} class="tag bad">
                {fault}
              </li>
            ))}
          </ul>
        )}
        <div class="send">
          <label class="field short">
            <span>Calls</span>
            <input
              type="number"
              min={1}
              max={200}
              value={calls}
              onInput={({ currentTarget }) => setCalls(Math.min(200, Math.max(1, currentTarget.valueAsNumber || 1)))}
            />
          </label>
          <button
            type="button"
            class="primary"
            onClick={() =>
              void put({ faults: inForce, calls }, `${calls} ${calls === 1 ? 'call is' : 'calls are'} on the way`)
            }
          >
            Send calls
          </button>
          <button type="button" disabled={inForce.length === 0} onClick={() => void put({ faults: [] }, 'Mended')}>
            Mend
          </button>
        </div>
        <p class="done quiet" role="status">
          {done}
        </p>
        {failure && <Failure failure={failure} />}
      </section>
      <section class="card" aria-label="Presets">
        <h2>Presets</h2>
        <ul class="presets">
          {view.presets.map(({ name, meaning, faults }) => (
            <li key={name}>
              <button
                type="button"
                aria-pressed={isInForce(faults)}
                onClick={() =>
                  void put(
                    { faults: isInForce(faults) ? [] : faults },
                    isInForce(faults) ? 'Mended' : `In force: ${name}`,
                  )
                }
              >
                <strong>{name}</strong>
                <span>{meaning}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <details class="card singles">
        <summary>
          <h2>Single faults</h2>
        </summary>
        <ul>
          {view.faults.map(({ name, meaning }) => (
            <li key={name}>
              <label>
                <input type="checkbox" checked={inForce.includes(name)} onChange={() => toggle(name)} />
                <code>{name}</code>
                <span class="quiet">{meaning}</span>
              </label>
            </li>
          ))}
        </ul>
      </details>
    </div>
  )
}

function NoSimulator() {
  return (
    <section class="card empty" aria-label="No simulator runs here">
      <h2>No simulator runs here</h2>
      <p>This gateway asks real providers, and those are not ours to break. Start one that asks the simulator:</p>
      <Snippet text="npm run demo" what="the shell command" />
      <p>Or, with the package:</p>
      <Snippet text="npx inseam up --simulate" what="the shell command" />
    </section>
  )
}
