import { useState } from 'preact/hooks'
import type { IssuedKeyView, KeyChoicesView } from '../../../src/admin/api.ts'
import { newDraft } from '../keys/key-draft.ts'
import { KeyForm } from '../keys/key-form.tsx'
import { SecretOnce } from '../keys/secret-once.tsx'
import { BackLink } from '../parts/back-link.tsx'
import { Failure } from '../parts/failure.tsx'
import { Head } from '../parts/head.tsx'
import { useResource } from '../resource.ts'
import { linkTo } from '../route.ts'
import { useSession } from '../session.ts'
import { useAction } from '../use-action.ts'

/** Makes a key, and shows its secret once. */
export function NewKey() {
  const { client, state } = useSession()
  const { answer: choices, failure, reload } = useResource<KeyChoicesView>('api/key-choices')
  const [issued, setIssued] = useState<IssuedKeyView>()
  const action = useAction()
  return (
    <>
      <BackLink to="#/keys">Keys</BackLink>
      <Head title="New key" />
      {state.you.key && !issued && (
        <p class="lead">
          It opens at most what your own key “{state.you.key.name}” does; what is left empty is as that has it.
        </p>
      )}
      {failure && <Failure failure={failure} retry={reload} />}
      {issued && (
        <SecretOnce
          title={`The key “${issued.key.name}” is made`}
          secret={issued.secret}
          done={() => {
            location.hash = linkTo(['keys', issued.key.id])
          }}
        />
      )}
      {choices && !issued && (
        <KeyForm
          start={newDraft}
          choices={choices}
          isThere={false}
          action={action}
          submitText="Make the key"
          submit={(ask) => void action.run(async () => setIssued(await client.post<IssuedKeyView>('api/keys', ask)))}
        />
      )}
      {!choices && !failure && <div class="card waiting tall" aria-busy="true" />}
    </>
  )
}
