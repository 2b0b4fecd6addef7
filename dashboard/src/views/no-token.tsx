import { useState } from 'preact/hooks'
import type { ApiFailure } from '../client.ts'
import { tokenIn } from '../token.ts'

interface NoTokenProps {
  /** What the server said to the token that was used before. */
  readonly refusal: ApiFailure | undefined
  readonly use: (token: string) => void
}

/** Says how to get in: the printed link carries the token. */
export function NoToken({ refusal, use }: NoTokenProps) {
  const [text, setText] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    const token = tokenIn(text) ?? text.trim()
    if (token !== '') use(token)
  }
  return (
    <main class="lone">
      <h1>{refusal ? 'This link is good no longer' : 'Open the link that Inseam printed'}</h1>
      {refusal ? (
        <p>
          {refusal.message} {refusal.fix}
        </p>
      ) : (
        <p>This page shows what your features ask and pay, so it opens only with a token.</p>
      )}
      <p>
        The link to this page, printed by <code>npm start</code> or <code>inseam up</code>, carries a token that is made
        anew at each start; one that the configuration names (<code>admin.token</code>) is not printed. Open the link,
        or paste it or the token here:
      </p>
      <form onSubmit={submit} class="paste">
        <label for="token">Link or token</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit" class="primary">
          Open the page
        </button>
      </form>
    </main>
  )
}
