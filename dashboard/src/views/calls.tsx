import { useEffect, useState } from 'preact/hooks'
import { CallList } from '../parts/call-list.tsx'
import { FirstCall } from '../parts/first-call.tsx'
import { Head } from '../parts/head.tsx'
import { changeQuery } from '../route.ts'
import { useSession } from '../session.ts'

const filters = ['text', 'feature', 'model', 'source', 'status', 'errorCode'] as const
type Filter = (typeof filters)[number]

/** Calls as they are written, and those before them. The filters stand in the address, so that a link shares them. */
export function Calls({ query }: { readonly query: URLSearchParams }) {
  const given = filters.filter((name) => query.get(name))
  const asked = new URLSearchParams(given.map((name) => [name, query.get(name) ?? '']))
  const clear = () => changeQuery(Object.fromEntries(filters.map((name) => [name, ''])))
  return (
    <>
      <Head title="Calls" />
      <search class="filters" aria-label="Filter calls">
        <Words name="text" label="Text" placeholder="Id, model, feature or error" query={query} isFirst />
        <Words name="feature" label="Feature" placeholder="Any" query={query} />
        <Words name="model" label="Model" placeholder="Any" query={query} />
        <Choice name="status" label="Status" query={query} options={{ ok: 'Answered', error: 'Failed' }} />
        <Choice name="source" label="Answered by" query={query} options={sources} />
        <Words name="errorCode" label="Error code" placeholder="Any" query={query} />
        <button type="button" class="plain clear" onClick={clear} disabled={given.length === 0}>
          Clear
        </button>
      </search>
      <CallList query={asked.toString()} empty={given.length > 0 ? <NoMatch clear={clear} /> : <FirstCall />} />
    </>
  )
}

const sources = {
  provider: 'Provider',
  cache: 'Cache',
  coalesced: 'Shared',
  rule: 'Rule',
  lookup: 'Look-up',
  classifier: 'Classifier',
}

function NoMatch({ clear }: { readonly clear: () => void }) {
  return (
    <div class="card empty">
      <h2>No call matches</h2>
      <p>None on the record does, and none has come since. What comes and matches appears here.</p>
      <button type="button" onClick={clear}>
        Clear the filters
      </button>
    </div>
  )
}

interface FilterProps {
  readonly name: Filter
  readonly label: string
  readonly query: URLSearchParams
}

const typingMs = 250

/** A filter of free text; it takes effect when the typing stops. */
function Words({ name, label, placeholder, query, isFirst = false }: FilterProps & WordsProps) {
  const { state } = useSession()
  const applied = query.get(name) ?? ''
  const [text, setText] = useState(applied)
  useEffect(() => setText(applied), [applied])
  useEffect(() => {
    if (text === applied) return
    const timer = setTimeout(() => changeQuery({ [name]: text.trim() }), typingMs)
    return () => clearTimeout(timer)
  }, [text, applied, name])
  return (
    <label class={isFirst ? 'field wide' : 'field'}>
      <span>{label}</span>
      <input
        type="search"
        value={text}
        placeholder={placeholder}
        list={name === 'model' ? 'models' : undefined}
        data-filter={isFirst ? '' : undefined}
        autoComplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      {name === 'model' && (
        <datalist id="models">
          {state.aliases.map((alias) => (
            <option key={alias.name} value={alias.name} />
          ))}
        </datalist>
      )}
    </label>
  )
}

interface WordsProps {
  readonly placeholder: string
  readonly isFirst?: boolean
}

function Choice({ name, label, query, options }: FilterProps & { readonly options: Readonly<Record<string, string>> }) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={query.get(name) ?? ''}
        onChange={({ currentTarget }) => changeQuery({ [name]: currentTarget.value })}
      >
        <option value="">Any</option>
        {Object.entries(options).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}
