import { useEffect, useRef } from 'preact/hooks'
import type { ApiFailure } from './client.ts'
import { KeyHelp } from './key-help.tsx'
import { Copy } from './parts/copy.tsx'
import { Icon, type IconName } from './parts/icon.tsx'
import { ThemeSwitch } from './parts/theme-switch.tsx'
import { linkTo, type Route, useRoute } from './route.ts'
import { useSession } from './session.ts'
import { useKeys } from './use-keys.ts'
import { BreakIt } from './views/break-it.tsx'
import { CallPage } from './views/call.tsx'
import { Calls } from './views/calls.tsx'
import { EvalRunPage } from './views/eval-run.tsx'
import { Evals } from './views/evals.tsx'
import { Features } from './views/features.tsx'
import { Money } from './views/money.tsx'
import { Overview } from './views/overview.tsx'
import { RunPage } from './views/run.tsx'

const places: readonly { readonly path: string; readonly name: string; readonly icon: IconName }[] = [
  { path: 'overview', name: 'Overview', icon: 'overview' },
  { path: 'calls', name: 'Calls', icon: 'calls' },
  { path: 'features', name: 'Features', icon: 'features' },
  { path: 'money', name: 'Money', icon: 'money' },
  { path: 'evals', name: 'Evals', icon: 'evals' },
  { path: 'break', name: 'Break it', icon: 'break' },
]

/** What is around every view: where one is and may go, and how the gateway is. */
export function Frame({ unreachable }: { readonly unreachable: ApiFailure | undefined }) {
  const { state } = useSession()
  const route = useRoute()
  const help = useRef<HTMLDialogElement>(null)
  useKeys(() => help.current?.showModal())
  useFocusOnArrival(route)
  const [place = 'overview'] = route.path
  const current = place === 'runs' ? 'calls' : place
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
          {places.map(({ path, name, icon }) => (
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
            aria-label="Keys"
            title="Keys (?)"
          >
            <Icon name="keys" />
          </button>
          <ThemeSwitch />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Notices unreachable={unreachable} problems={state.problems} />
        <View route={route} />
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

function View({ route: { path, query } }: { readonly route: Route }) {
  const [place = 'overview', id] = path
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
