import { useState } from 'preact/hooks'
import type { RevokedKeysView } from '../../../src/admin/api.ts'
import { Failure } from '../parts/failure.tsx'
import { Field } from '../parts/field.tsx'
import { useSession } from '../session.ts'
import { useAction } from '../use-action.ts'

interface RevokeKeyProps {
  readonly name: string
  readonly path: string
  readonly done: (view: RevokedKeysView) => void
}

/** Ends a key for good, once its name was typed. */
export function RevokeKey({ name, path, done }: RevokeKeyProps) {
  const { client } = useSession()
  const [typed, setTyped] = useState('')
  const action = useAction()
  const isMeant = typed.trim() === name
  return (
    <form
      class="card doing"
      aria-label="Revoke"
      onSubmit={(event) => {
        event.preventDefault()
        if (isMeant) void action.run(async () => done(await client.remove<RevokedKeysView>(path)))
      }}
    >
      <div>
        <h2>Revoke it</h2>
        <p class="quiet">At once and for good, and every key that was made with it.</p>
      </div>
      <Field label={`Type “${name}” to confirm`}>
        {(ties) => (
          <input
            {...ties}
            type="text"
            autoComplete="off"
            spellcheck={false}
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        )}
      </Field>
      <button type="submit" class="danger" disabled={!isMeant || action.isBusy}>
        Revoke
      </button>
      {action.failure && <Failure failure={action.failure} />}
    </form>
  )
}
