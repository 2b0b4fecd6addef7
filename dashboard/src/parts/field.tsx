import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

/** What ties a control to its label, its hint and its problem. */
export interface FieldTies {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean
}

interface FieldProps {
  readonly label: string
  readonly hint?: string
  readonly problem?: string | undefined
  readonly class?: string
  readonly children: (ties: FieldTies) => ComponentChildren
}

/** A control with its label, a hint, and what is wrong with what it holds. */
export function Field({ label, hint, problem, class: others = '', children }: FieldProps) {
  const id = useId()
  const said = problem ?? hint
  const told = said === undefined ? undefined : `${id}-hint`
  return (
    <div class={`field ${others}`}>
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': told, 'aria-invalid': problem !== undefined })}
      {said !== undefined && (
        <p id={told} class={problem === undefined ? 'hint' : 'hint bad-text'}>
          {said}
        </p>
      )}
    </div>
  )
}
