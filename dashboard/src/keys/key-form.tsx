import { useEffect, useRef, useState } from 'preact/hooks'
import type { KeyAsk, KeyChoicesView, KeyView } from '../../../src/admin/api.ts'
import { limitKinds } from '../../../src/core/call-limit.ts'
import { Failure } from '../parts/failure.tsx'
import { Field } from '../parts/field.tsx'
import type { Action } from '../use-action.ts'
import { BudgetFields } from './budget-fields.tsx'
import { type DraftProblems, type KeyDraft, readDraft } from './key-draft.ts'
import { limitWords, roleWords } from './key-text.ts'
import { OpeningField } from './opening-field.tsx'

interface KeyFormProps {
  readonly start: KeyDraft
  readonly choices: KeyChoicesView
  /** Whether the key is there already: its tenant then stays as it is. */
  readonly isThere: boolean
  readonly action: Action
  readonly submitText: string
  readonly submit: (ask: KeyAsk & { readonly name: string }) => void
  readonly cancel?: () => void
}

/** All that can be said of a key. What is wrong is said beside its field, and the first such field has the focus. */
export function KeyForm({ start, choices, isThere, action, submitText, submit, cancel }: KeyFormProps) {
  const [draft, setDraft] = useState(start)
  const [problems, setProblems] = useState<DraftProblems>({})
  const form = useRef<HTMLFormElement>(null)
  const put = (part: Partial<KeyDraft>) => setDraft((before) => ({ ...before, ...part }))
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"], .opening:has(.bad-text) input')?.focus()
  }, [problems])
  const send = (event: Event) => {
    event.preventDefault()
    const read = readDraft(draft)
    if ('problems' in read) return setProblems(read.problems)
    setProblems({})
    submit(read.ask)
  }
  const opening = (field: 'aliases' | 'features' | 'passThrough' | 'providerKeys') => ({
    value: draft[field],
    problem: problems[field],
    change: (value: KeyDraft['aliases']) => put({ [field]: value }),
  })
  const bySome = { all: 'All', some: 'Only these' } as const
  const roles = choices.roles.includes(draft.role) ? choices.roles : [...choices.roles, draft.role]
  return (
    <form class="card key-form" ref={form} onSubmit={send} noValidate>
      <section aria-label="Who">
        <h2>Who</h2>
        <div class="fields">
          <Field label="Name" hint="What events and people call it." problem={problems.name}>
            {(ties) => (
              <input
                {...ties}
                type="text"
                required
                maxLength={100}
                autoComplete="off"
                value={draft.name}
                onInput={({ currentTarget }) => put({ name: currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Role" hint={roleWords[draft.role]}>
            {(ties) => (
              <select
                {...ties}
                value={draft.role}
                onChange={({ currentTarget }) => put({ role: currentTarget.value as KeyView['role'] })}
              >
                {roles.map((role) => (
                  <option key={role} value={role}>
                    {role}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field
            label="Tenant"
            hint={isThere ? 'It cannot be changed: make another key.' : 'On whose behalf it calls. Empty: nobody’s.'}
          >
            {(ties) => (
              <input
                {...ties}
                type="text"
                maxLength={200}
                autoComplete="off"
                disabled={isThere}
                value={draft.tenant}
                onInput={({ currentTarget }) => put({ tenant: currentTarget.value })}
              />
            )}
          </Field>
        </div>
      </section>
      <section aria-label="What it opens">
        <h2>What it opens</h2>
        <div class="fields two">
          <OpeningField
            legend="Aliases and models"
            hint="A feature that it may call needs no alias here."
            ways={bySome}
            choices={choices.aliases}
            {...opening('aliases')}
          />
          <OpeningField
            legend="Features"
            hint="Those that it may name, and call as feature/NAME."
            ways={bySome}
            choices={choices.features}
            {...opening('features')}
          />
          <OpeningField
            legend="Providers’ whole API"
            hint="Passed through as it is; hard budgets let none of it pass."
            ways={{ none: 'None', ...bySome }}
            choices={choices.providers}
            {...opening('passThrough')}
          />
          <OpeningField
            legend="Callers’ own provider keys"
            hint={
              choices.callerKeys.length === 0
                ? 'No provider here takes keys that callers bring.'
                : 'Providers for which its holder may bring a key of their own.'
            }
            ways={{ none: 'None', ...bySome }}
            choices={choices.callerKeys}
            {...opening('providerKeys')}
          />
          <Field
            label="Addresses"
            class="whole"
            hint="Where it may be used from, as in 192.0.2.7, 10.0.0.0/8. Empty: anywhere."
          >
            {(ties) => (
              <input
                {...ties}
                type="text"
                autoComplete="off"
                spellcheck={false}
                value={draft.addresses}
                onInput={({ currentTarget }) => put({ addresses: currentTarget.value })}
              />
            )}
          </Field>
        </div>
      </section>
      <section aria-label="What it may use">
        <h2>What it may use</h2>
        <BudgetFields budgets={draft.budgets} problems={problems} change={(budgets) => put({ budgets })} />
        <div class="fields four">
          {limitKinds.map((kind) => (
            <Field key={kind} label={limitWords[kind]} problem={problems[`limits.${kind}`]}>
              {(ties) => (
                <input
                  {...ties}
                  type="text"
                  inputMode="numeric"
                  placeholder="No limit"
                  value={draft.limits[kind]}
                  onInput={({ currentTarget }) => put({ limits: { ...draft.limits, [kind]: currentTarget.value } })}
                />
              )}
            </Field>
          ))}
        </div>
        <div class="fields">
          <Field label="Expires" hint="Your local time. Empty: never." problem={problems.expires}>
            {(ties) => (
              <input
                {...ties}
                type="datetime-local"
                step={1}
                value={draft.expires}
                onInput={({ currentTarget }) => put({ expires: currentTarget.value })}
              />
            )}
          </Field>
        </div>
      </section>
      {Object.keys(problems).length > 0 && (
        <p class="bad-text" role="alert">
          {Object.keys(problems).length === 1 ? 'One field cannot' : `${Object.keys(problems).length} fields cannot`} be
          read. See what is said beside it.
        </p>
      )}
      {action.failure && <Failure failure={action.failure} />}
      <p class="actions">
        <button type="submit" class="primary" disabled={action.isBusy}>
          {submitText}
        </button>
        {cancel && (
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        )}
      </p>
    </form>
  )
}
