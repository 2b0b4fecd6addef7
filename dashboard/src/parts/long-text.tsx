import { useState } from 'preact/hooks'
import { countText } from '../text/count-text.ts'

const shownCharacters = 1_500
const shownLines = 24

/** A text as it is, never as markup. What is long is folded. */
export function LongText({ text, isCode = false }: { readonly text: string; readonly isCode?: boolean }) {
  const [isWhole, showWhole] = useState(false)
  const short = shortOf(text)
  const shown = isWhole ? text : short
  return (
    <div class={isCode ? 'long-text mono' : 'long-text'}>
      <div class="text">
        {shown}
        {shown.length < text.length && '…'}
      </div>
      {short.length < text.length && (
        <button type="button" class="plain small" aria-expanded={isWhole} onClick={() => showWhole(!isWhole)}>
          {isWhole ? 'Show less' : `Show all ${countText(text.length)} characters`}
        </button>
      )}
    </div>
  )
}

function shortOf(text: string): string {
  const lines = text.split('\n', shownLines + 1)
  const short = lines.length > shownLines ? lines.slice(0, shownLines).join('\n') : text
  // A little more is not worth a button.
  return short.length > shownCharacters * 1.3 ? short.slice(0, shownCharacters) : short
}
