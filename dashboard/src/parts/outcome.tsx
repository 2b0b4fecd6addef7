/** How something ended, as its colour and mark say it: well, not quite, or not at all. */
export function toneOf(ending: string): 'fine' | 'warn' | 'bad' {
  return ending === 'error' ? 'bad' : ending === 'completed' ? 'fine' : 'warn'
}

/** How a call or an attempt ended: one word, and a mark where it did not go well. */
export function Outcome({ ending, errorCode }: { readonly ending: string; readonly errorCode?: string | undefined }) {
  return <span class={`outcome ${toneOf(ending)}`}>{errorCode ?? ending}</span>
}
