import { useEffect, useRef } from 'preact/hooks'
import { Copy } from '../parts/copy.tsx'

interface SecretOnceProps {
  readonly title: string
  readonly secret: string
  readonly done: () => void
}

/** A secret, the one time that it is shown. It is in no address, storage or history. */
export function SecretOnce({ title, secret, done }: SecretOnceProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section class="card secret" aria-label={title}>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p>
        Copy the secret now and put it where its holder keeps secrets. It will not be shown again: only its hash is
        kept.
      </p>
      <div class="snippet">
        <code>{secret}</code>
        <Copy text={secret} what="the secret" />
      </div>
      <p class="actions">
        <button type="button" class="primary" onClick={done}>
          I have copied it
        </button>
      </p>
    </section>
  )
}
