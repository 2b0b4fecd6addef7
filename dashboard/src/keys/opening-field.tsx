import { useId, useState } from 'preact/hooks'
import type { OpeningDraft } from './key-draft.ts'

interface OpeningFieldProps {
  readonly legend: string
  readonly hint: string
  /** The ways there are, in words. */
  readonly ways: Readonly<Partial<Record<OpeningDraft['how'], string>>>
  readonly choices: readonly string[]
  readonly value: OpeningDraft
  readonly problem: string | undefined
  readonly change: (value: OpeningDraft) => void
}

/** Chooses what a key opens of one kind: all, none, or some by name. */
export function OpeningField({ legend, hint, ways, choices, value, problem, change }: OpeningFieldProps) {
  const id = useId()
  const { how, names } = value
  return (
    <fieldset class="opening" aria-describedby={id}>
      <legend>{legend}</legend>
      <div class="ways">
        {Object.entries(ways).map(([way, words]) => (
          <label key={way}>
            <input
              type="radio"
              name={id}
              checked={how === way}
              onChange={() => change({ how: way as OpeningDraft['how'], names })}
            />
            {words}
          </label>
        ))}
      </div>
      {how === 'some' && (
        <Names legend={legend} choices={choices} names={names} change={(next) => change({ how, names: next })} />
      )}
      <p id={id} class={problem === undefined ? 'hint' : 'hint bad-text'}>
        {problem ?? hint}
      </p>
    </fieldset>
  )
}

interface NamesProps {
  readonly legend: string
  readonly choices: readonly string[]
  readonly names: readonly string[]
  readonly change: (names: readonly string[]) => void
}

/** Names, each of which can be taken away, and a place to add one. */
function Names({ legend, choices, names, change }: NamesProps) {
  const [text, setText] = useState('')
  const id = useId()
  const what = legend.toLowerCase()
  const add = (name: string) => {
    const added = name.trim()
    if (added === '') return
    if (!names.includes(added)) change([...names, added])
    setText('')
  }
  return (
    <>
      {names.length > 0 && (
        <ul class="tags" aria-label={`Chosen ${what}`}>
          {names.map((name) => (
            <li key={name} class="tag removable">
              {name}
              <button
                type="button"
                class="plain"
                aria-label={`Take ${name} away`}
                onClick={() => change(names.filter((other) => other !== name))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="adding">
        <input
          type="text"
          aria-label={`Add to ${what}`}
          list={id}
          value={text}
          autoComplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) =>
            choices.includes(currentTarget.value) ? add(currentTarget.value) : setText(currentTarget.value)
          }
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            add(text)
          }}
        />
        <datalist id={id}>
          {choices
            .filter((choice) => !names.includes(choice))
            .map((choice) => (
              <option key={choice} value={choice} />
            ))}
        </datalist>
        <button type="button" onClick={() => add(text)}>
          Add
        </button>
      </div>
    </>
  )
}
