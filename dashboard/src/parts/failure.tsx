import type { ApiFailure } from '../client.ts'

/** What went wrong, and what to do about it, in the server's words. */
export function Failure({ failure, retry }: { readonly failure: ApiFailure; readonly retry?: () => void }) {
  return (
    <div class="failure" role="alert">
      <p class="what">{failure.message}</p>
      <p>{failure.fix}</p>
      <p class="quiet">
        <code>{failure.code}</code>
      </p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}
