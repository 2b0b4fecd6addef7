/** How a call or an attempt ended: one word, and a mark where it did not go well. */
export function Outcome({ ending, errorCode }: { readonly ending: string; readonly errorCode?: string | undefined }) {
  const tone = ending === 'error' ? 'bad' : ending === 'completed' ? 'fine' : 'warn'
  return <span class={`outcome ${tone}`}>{errorCode ?? ending}</span>
}
