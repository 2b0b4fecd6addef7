import { Icon } from './icon.tsx'

/** The way up: the list that this stands in. */
export function BackLink({ to, children }: { readonly to: string; readonly children: string }) {
  return (
    <a class="back small-icon" href={to}>
      <Icon name="back" />
      {children}
    </a>
  )
}
