import { useEffect, useRef } from 'preact/hooks'
import type { ApiFailure } from './client.ts'
import { KeyHelp } from './key-help.tsx'
import { type May, mayOf } from './may.ts'
import { Copy } from './parts/copy.tsx'
import { Icon, type IconName } from './parts/icon.tsx'
import { ThemeSwitch } from './parts/theme-switch.tsx'
import { linkTo, type Route, useRoute } from './route.ts'
import { useSession } from './session.ts'
import { useKeys } from './use-keys.ts'
import { Audit } from './views/audit.tsx'
import { BreakIt } from './views/break-it.tsx'
import { CallPage } from './views/call.tsx'
import { Calls } from './views/calls.tsx'
import { EvalRunPage } from './views/eval-run.tsx'
import { Evals } from './views/evals.tsx'
import { Features } from './views/features.tsx'
import { KeyPage } from './views/key.tsx'
import { Keys } from './views/keys.tsx'
import { Money } from './views/money.tsx'
import { NewKey } from './views/new-key.tsx'
import { Overview } from './views/overview.tsx'
import { RunPage } from './views/run.tsx'

interface Place {
  readonly path: string
  readonly name: string
  readonly icon: IconName
  /** Who is not allowed what is there is not led to it. */
  readonly needs: keyof May
}

const places: readonly Place[] = [
  { path: 'overview', name: 'Overview', icon: 'overview', needs: 'readAll' },
  { path: 'calls', name: 'Calls', icon: 'calls', needs: 'readAll' },
  { path: 'features', name: 'Features', icon: 'features', needs: 'readAll' },
  { path: 'money', name: 'Money', icon: 'money', needs: 'readAll' },
  { path: 'keys', name: 'Keys', icon: 'keys', needs: 'manageKeys' },
  { path: 'evals', name: 'Evals', icon: 'evals', needs: 'readAll' },
  { path: 'break', name: 'Break it', icon: 'break', needs: 'rule' },
]

/** What is around every view: where one is and may go, and how the gateway is. */
export function Frame({ unreachable }: { readonly unreachable: ApiFailure | undefined }) {
  const { state } = useSession()
  const route = useRoute()
  const help = useRef<HTMLDialogElement>(null)
  useKeys(() => help.current?.showModal())
  useFocusOnArrival(route)
  const may = mayOf(state.you)
  const [place = placeFor(may)] = route.path
  const current = place === 'runs' ? 'calls' : place === 'audit' ? 'keys' : place
  return (
    <div class="frame">
      {/* biome-ignore lint/a11y/useValidAnchor: it goes to a part of this page; the address keeps the route. */}
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <header class="rail">
        <a class="brand" href="#/overview">
          <Icon name="inseam" />
          Inseam
        </a>
        <nav aria-label="Views">
          {places
            .filter(({ needs }) => may[needs])
            .map(({ path, name, icon }) => (
              <a key={path} href={linkTo([path])} aria-current={path === current ? 'page' : undefined}>
                <Icon name={icon} />
                <span>{name}</span>
              </a>
            ))}
        </nav>
        <div class="gateway">
          {state.isSimulated && (
            <p class="simulated" title={`Answers come from ${state.origin}. No model is asked and nothing is billed.`}>
              Simulated answers
            </p>
          )}
          <p class="address">
            <span class="quiet">Gateway</span>
            <Copy text={state.gatewayUrl} what="the gateway's address">
              {state.gatewayUrl.replace(/^https?:\/\//, '')}
            </Copy>
          </p>
          <p class="quiet version">Version {state.version}</p>
        </div>
        <div class="tools">
          <button
            type="button"
            class="plain"
            onClick={() => help.current?.showModal()}
            aria-label="Keyboard"
            title="Keyboard (?)"
          >
            <Icon name="keyboard" />
          </button>
          <ThemeSwitch />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Notices unreachable={unreachable} problems={state.problems} />
        <View route={route} may={may} />
      </main>
      <KeyHelp dialog={help} />
    </div>
  )
}

interface NoticesProps {
  readonly unreachable: ApiFailure | undefined
  readonly problems: readonly string[]
}

function Notices({ unreachable, problems }: NoticesProps) {
  return (
    <div class="notices" role="status">
      {unreachable && (
        <p class="notice bad">
          {unreachable.message} {unreachable.fix}
        </p>
      )}
      {problems.map((problem) => (
        <p class="notice warn" key={problem}>
          {problem}
        </p>
      ))}
    </div>
  )
}

/** Where who sees the record begins, and who does not. */
const placeFor = (may: May): string => (may.readAll || !may.manageKeys ? 'overview' : 'keys')

function View({ route: { path, query }, may }: { readonly route: Route; readonly may: May }) {
  const [place = placeFor(may), id] = path
  switch (place) {
    case 'overview':
      return <Overview query={query} />
    case 'calls':
      return id === undefined ? <Calls query={query} /> : <CallPage key={id} id={id} />
    case 'runs':
      return id === undefined ? <Nowhere /> : <RunPage key={id} id={id} />
    case 'features':
      return <Features query={query} />
    case 'money':
      return <Money query={query} />
    case 'keys':
      if (id === 'new') return <NewKey />
      return id === undefined ? <Keys query={query} /> : <KeyPage key={id} id={id} />
    case 'audit':
      return <Audit />
    case 'evals':
      return id === undefined ? <Evals /> : <EvalRunPage key={id} id={id} query={query} />
    case 'break':
      return <BreakIt />
    default:
      return <Nowhere />
  }
}

function Nowhere() {
  return (
    <>
      <h1 tabIndex={-1}>There is no such view</h1>
      <p>
        The address names none. <a href="#/overview">Go to the overview</a>.
      </p>
    </>
  )
}

/** The fragment is the route, so the link to the content must not change it. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

/** Whoever does not see that the view changed hears its heading; the tab is named after it. */
function useFocusOnArrival({ path }: Route): void {
  const place = path.join('/')
  const before = useRef(place)
  useEffect(() => {
    const heading = document.querySelector<HTMLElement>('main h1')
    document.title = heading?.textContent ? `${heading.textContent} · Inseam` : 'Inseam'
    if (before.current === place) return
    before.current = place
    window.scrollTo(0, 0)
    heading?.focus({ preventScroll: true })
  }, [place])
}
