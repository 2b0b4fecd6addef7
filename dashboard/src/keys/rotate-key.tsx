import { useState } from 'preact/hooks'
import type { IssuedKeyView } from '../../../src/admin/api.ts'
import { Failure } from '../parts/failure.tsx'
import { Field } from '../parts/field.tsx'
import { useSession } from '../session.ts'
import { useAction } from '../use-action.ts'

const hourMs = 3_600_000
const graces = [
  ['At once', 0],
  ['In an hour', hourMs],
  ['In 24 hours', 24 * hourMs],
  ['In 7 days', 7 * 24 * hourMs],
  ['In 30 days', 30 * 24 * hourMs],
] as const

interface RotateKeyProps {
  readonly path: string
  readonly done: (issued: IssuedKeyView) => void
}

/** Gives a key another secret; the old one opens for as long as is chosen. */
export function RotateKey({ path, done }: RotateKeyProps) {
  const { client } = useSession()
  const [graceMs, setGrace] = useState<number>(24 * hourMs)
  const action = useAction()
  return (
    <form
      class="card doing"
      aria-label="Rotate"
      onSubmit={(event) => {
        event.preventDefault()
        void action.run(async () => done(await client.post<IssuedKeyView>(`${path}/rotate`, { graceMs })))
      }}
    >
      <div>
        <h2>Rotate the secret</h2>
        <p class="quiet">Makes another secret. One that was rotated before ends now.</p>
      </div>
      <Field label="The old secret ends">
        {(ties) => (
          <select {...ties} value={graceMs} onChange={({ currentTarget }) => setGrace(Number(currentTarget.value))}>
            {graces.map(([words, ms]) => (
              <option key={ms} value={ms}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      <button type="submit" disabled={action.isBusy}>
        Rotate
      </button>
      {action.failure && <Failure failure={action.failure} />}
    </form>
  )
}
