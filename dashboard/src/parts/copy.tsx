import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface CopyProps {
  readonly text: string
  /** What is copied, as in "Copy the call's id". */
  readonly what: string
  readonly children?: ComponentChildren
}

/** A button that copies a text and says so. */
export function Copy({ text, what, children }: CopyProps) {
  const [said, say] = useState<'' | 'Copied' | 'The browser does not let the page copy'>('')
  const copy = async () => {
    // Over plain HTTP from another machine there is no clipboard, and the user may forbid it.
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    say(isCopied ? 'Copied' : 'The browser does not let the page copy')
    setTimeout(() => say(''), 2_000)
  }
  return (
    <button type="button" class="plain copy" onClick={copy} aria-label={`Copy ${what}`} title={`Copy ${what}`}>
      {children !== undefined && <span class="mono">{children}</span>}
      <Icon name={said === 'Copied' ? 'done' : 'copy'} />
      <span class={said === '' || said === 'Copied' ? 'sr' : 'bad-text'} role="status">
        {said}
      </span>
    </button>
  )
}
