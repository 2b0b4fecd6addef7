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
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <button type="button" class="plain copy" onClick={copy} aria-label={`Copy ${what}`} title={`Copy ${what}`}>
      {children !== undefined && <span class="mono">{children}</span>}
      <Icon name={isCopied ? 'done' : 'copy'} />
      <span class="sr" role="status">
        {isCopied ? 'Copied' : ''}
      </span>
    </button>
  )
}
